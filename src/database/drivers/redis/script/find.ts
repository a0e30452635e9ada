/**
 * Finding documents, in Lua: what a plan (`plan.ts`) says, by the ranges of one index. A plan is
 * `{ index or false, isReverse, ranges, conditions, limit or false, from or false }`.
 */
export const find: string = String.raw`
local mostAtOnce = 500

-- An end of a range: a text, or one with the server's time in it.
local function toBound(bound)
  if type(bound) == 'string' then return bound end
  return bound[1] .. toOrdered(now() + bound[2]) .. bound[3]
end

-- A range: its ends, or what all that is in it begins with.
local function toBounds(range)
  if type(range) == 'string' then return '[' .. range, '(' .. range .. '\255' end
  return toBound(range[1]), toBound(range[2])
end

local function readOne(data, id)
  if isPending(data, id) then flush() end
  return call('HGET', data, id)
end

-- The documents of entries, in one go.
local function readAll(data, members)
  if #members == 0 then return members end
  local ids, isAnyPending = {}, false
  for i = 1, #members do
    ids[i] = sub(members[i], -idLength)
    isAnyPending = isAnyPending or isPending(data, ids[i])
  end
  if isAnyPending then flush() end
  return call('HMGET', data, unpack(ids))
end

-- The documents of a plan, in its order: id, bytes, the document or false where nobody looked into it, id, …; and
-- where to go on when the budget was spent before the end: so many documents looked at, so many bytes found.
local function searchRanges(data, plan, budget)
  local index, isReverse, ranges, conditions = plan[1], plan[2], plan[3], plan[4]
  local limit, from = plan[5] or math.huge, plan[6] and unpackMessage(plan[6])
  local command = isReverse and 'ZREVRANGEBYLEX' or 'ZRANGEBYLEX'
  local found, count, looked, size = {}, 0, 0, 0
  if pending.entries[index] then flush() end
  for place = from and from[1] or 1, #ranges do
    local first, last = toBounds(ranges[place])
    if isReverse then first, last = last, first end
    if from and from[1] == place then first = '(' .. from[2] end
    local step, members = #conditions > 0 and 32 or mostAtOnce
    repeat
      step = math.min(step, limit, mostAtOnce)
      members = call(command, index, first, last, 'LIMIT', '0', format('%d', step))
      -- Where all are wanted, and they have no budget.
      local all = not budget and #conditions == 0 and readAll(data, members)
      for i = 1, #members do
        local id, document = sub(members[i], -idLength), false
        local bytes = all and all[i] or readOne(data, id)
        if bytes and #conditions > 0 then
          document = unpackMessage(bytes)
          if not matches(conditions, document) then bytes = nil end
        end
        looked = looked + 1
        if bytes then
          found[count * 3 + 1], found[count * 3 + 2], found[count * 3 + 3] = id, bytes, document
          count, size = count + 1, size + #bytes
          if count >= limit then return found end
        end
        if budget and (looked >= budget[1] or size >= budget[2]) then
          return found, packMessage({ place, members[i] })
        end
      end
      local isOver = #members < step
      if not isOver then first, step = '(' .. members[#members], step * 4 end
    until isOver
  end
  return found
end

local searchAll

local function search(data, plan, budget)
  if plan[5] == 0 then return {} end
  if plan[1] then return searchRanges(data, plan, budget) end
  return searchAll(data, plan, budget)
end
`;
