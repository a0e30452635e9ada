/**
 * Finding documents, in Lua: what a plan (`plan.ts`) says, by the ranges of one index or by all documents.
 * A plan is `{ index or false, isReverse, ranges, conditions, limit or false, from }`.
 */
export const find: string = String.raw`
local idLength = 6
local mostAtOnce = 500

-- An end of a range: a text, or one with the server's time in it.
local function toBound(bound)
  if type(bound) == 'string' then return bound end
  return bound[1] .. toOrdered(now() + bound[2]) .. bound[3]
end

local Search = {}
Search.__index = Search

-- "budget" limits how much is looked at: documents, and bytes of those that are found.
local function newSearch(collection, plan, budget)
  return setmetatable({
    data = collection[1],
    plan = plan,
    limit = plan.limit or math.huge,
    budget = budget or { math.huge, math.huge },
    found = {},
    looked = 0,
    bytes = 0,
  }, Search)
end

-- Looks at a document; true when nothing more is to be looked at.
function Search:look(id, bytes)
  self.looked = self.looked + 1
  local document
  if #self.plan.conditions > 0 then
    document = unpackMessage(bytes)
    if not matches(self.plan.conditions, document) then return self:isSpent() end
  end
  self.found[#self.found + 1] = { id, bytes, document }
  self.bytes = self.bytes + #bytes
  return self:isSpent()
end

function Search:isFull()
  return #self.found >= self.limit
end

function Search:isSpent()
  return self:isFull() or self.looked >= self.budget[1] or self.bytes >= self.budget[2]
end

-- Where to go on; nil when the limit is reached.
function Search:at(...)
  if self:isFull() then return nil end
  return packMessage({ ... })
end

function Search:range(place, low, high)
  local isReverse = self.plan.isReverse
  local command = isReverse and 'ZREVRANGEBYLEX' or 'ZRANGEBYLEX'
  local step = #self.plan.conditions > 0 and 32 or mostAtOnce
  while true do
    local most = math.min(step, mostAtOnce, self.limit)
    local first, second = low, high
    if isReverse then first, second = high, low end
    local members = call(command, self.plan.index, first, second, 'LIMIT', 0, most)
    for _, member in ipairs(members) do
      local id = sub(member, -idLength)
      local bytes = call('HGET', self.data, id)
      if bytes and self:look(id, bytes) then return true, self:at(place, member) end
    end
    if #members < most then return false end
    local last = '(' .. members[#members]
    if isReverse then high = last else low = last end
    step = step * 4
  end
end

function Search:ranges(from)
  for place = from and from[1] or 1, #self.plan.ranges do
    local range = self.plan.ranges[place]
    local low, high = toBound(range[1]), toBound(range[2])
    if from and from[1] == place then
      if self.plan.isReverse then high = '(' .. from[2] else low = '(' .. from[2] end
    end
    local isOver, more = self:range(place, low, high)
    if isOver then return more end
  end
end

function Search:all(from)
  local cursor, seen = from and from[1] or '0', {}
  repeat
    local page = call('HSCAN', self.data, cursor, 'COUNT', mostAtOnce)
    cursor = page[1]
    for i = 1, #page[2], 2 do
      -- While a hash grows or shrinks, one may come twice.
      if not seen[page[2][i]] and not self:isFull() then
        seen[page[2][i]] = true
        self:look(page[2][i], page[2][i + 1])
      end
    end
    if self:isSpent() and cursor ~= '0' then return self:at(cursor) end
  until cursor == '0'
end

-- The documents of a plan, in its order, as { id, bytes, document where it was needed }; and where to go on
-- when the budget was spent before the end.
local function search(collection, plan, budget)
  if plan.limit == 0 then return {} end
  local one = newSearch(collection, plan, budget)
  local from = plan.from and unpackMessage(plan.from)
  local more
  if plan.index then more = one:ranges(from) else more = one:all(from) end
  return one.found, more
end

local function count(collection, plan)
  if not plan.index then return call('HLEN', collection[1]) end
  local total = 0
  for _, range in ipairs(plan.ranges) do
    total = total + call('ZLEXCOUNT', plan.index, toBound(range[1]), toBound(range[2]))
  end
  return total
end
`;
