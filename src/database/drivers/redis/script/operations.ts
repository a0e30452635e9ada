/** The operations of a batch, in Lua, and what it answers. */
export const operations: string = String.raw`
local function increment(document, slot, kind, amount)
  local value = document[slot]
  if kind == 'number' then
    document[slot] = toOrdered((value and fromOrdered(value) or 0) + amount)
    return
  end
  local number = 0
  if value and value ~= 'null' then number = fromJson(value) end
  if number == nil then fail('increment', slot) end
  local text = number and toJson(number + amount)
  if not text then fail('undecided') end
  document[slot] = text
end

local function change(document, operation)
  for _, slot in ipairs(operation.unset) do document[slot] = nil end
  for i = 1, #operation.set, 2 do
    local slot, value = operation.set[i], operation.set[i + 1]
    if type(value) == 'table' then
      local time = now() + value[1]
      value = byte(slot, 1) == 61 and toJson(time) or toOrdered(time)
    end
    document[slot] = value
  end
  for i = 1, #operation.increment, 3 do
    increment(document, operation.increment[i], operation.increment[i + 1], operation.increment[i + 2])
  end
end

local function copyOf(document)
  local copy = {}
  for slot, value in pairs(document) do copy[slot] = value end
  return copy
end

local function selected(document, bytes, slots)
  if not slots then return bytes end
  local some = {}
  for _, slot in ipairs(slots) do some[slot] = document[slot] end
  return packMessage(some)
end

local function update(collection, operation)
  local result = { 0 }
  for _, one in ipairs((search(collection, operation.plan))) do
    local id, bytes, old = one[1], one[2], one[3] or unpackMessage(one[2])
    local new = copyOf(old)
    change(new, operation)
    local changed = packMessage(new)
    put(collection, id, changed, bytes)
    reindex(collection, id, old, new, operation.affected)
    result[1] = result[1] + 1
    if operation.isReturned then
      result[#result + 1] = selected(new, changed, operation.select)
    end
  end
  return result
end

local function remove(collection, operation)
  local found, more = search(collection, operation.plan, operation.budget)
  for _, one in ipairs(found) do removeDocument(collection, one[1], one[2], one[3]) end
  return { #found, more }
end

local function read(collection, operation)
  local found, more = search(collection, operation.plan, operation.budget)
  local result = { #found, more or '' }
  for _, one in ipairs(found) do
    local bytes = one[2]
    if operation.select then bytes = selected(one[3] or unpackMessage(bytes), bytes, operation.select) end
    result[#result + 1] = one[1]
    result[#result + 1] = bytes
  end
  return result
end

local function countMatches(collection, operation)
  if #operation.plan.conditions == 0 then return { count(collection, operation.plan), '' } end
  local found, more = search(collection, operation.plan, operation.budget)
  return { #found, more or '' }
end

-- What JavaScript decided on: { id, hash of the document as it was seen, what it is to be or false }, …
local function replace(collection, operation)
  for i = 1, #operation.answer, 3 do
    local id, hash, new = operation.answer[i], operation.answer[i + 1], operation.answer[i + 2]
    local bytes = call('HGET', collection[1], id)
    if not bytes or redis.sha1hex(bytes) ~= hash then fail('changed') end
    if new then
      put(collection, id, new, bytes)
      reindex(collection, id, unpackMessage(bytes), unpackMessage(new))
    else
      removeDocument(collection, id, bytes)
    end
  end
  return { #operation.answer / 3 }
end

local function ask(collection, operation)
  local page = read(collection, operation)
  fail('ask', format('%.17g', now()), unpack(page, 2))
end

-- Writes the catalog. The first one only where no key that it names is there yet.
local function define(_, operation)
  if ARGV[1] == '' then
    for _, key in ipairs(operation.keys) do
      if call('EXISTS', key) == 1 then fail('foreign', key) end
    end
  end
  for _, key in ipairs(operation.cleared) do call('UNLINK', key) end
  call('HSET', KEYS[1], 'version', operation.version, 'format', operation.format, 'collections', operation.collections)
  return { 1 }
end

-- Gives documents their entries in one index: { id, hash of the document as it was seen, the document now }, …
-- Answers how many have changed since.
local function build(collection, operation)
  local index, changed = collection[3][operation.index], 0
  for i = 1, #operation.answer, 3 do
    local id, hash, bytes = operation.answer[i], operation.answer[i + 1], operation.answer[i + 2]
    local seen = call('HGET', collection[1], id)
    if seen and redis.sha1hex(seen) ~= hash then
      changed = changed + 1
    elseif seen then
      put(collection, id, bytes, seen)
      local entry, isWhole = entryOf(index, unpackMessage(bytes))
      if entry and not call('ZSCORE', index[1], entry .. id) then
        if isWhole and index[2] and isTaken(index, entry) then fail('duplicate', index[4]) end
        link(index, entry .. id)
      end
    end
  end
  return { changed }
end

local kinds = {
  insert = insert, update = update, remove = remove, replace = replace, ask = ask,
  read = read, count = countMatches, define = define, build = build,
}
local place

local function carryOut(collections, batch)
  local results = {}
  for i, operation in ipairs(batch) do
    place = i
    local result = { 0 }
    if not operation.after or results[operation.after][1] > 0 then
      result = kinds[operation.kind](collections[operation.collection], operation)
    end
    if operation.required and result[1] == 0 then fail('required') end
    results[i] = result
  end
  return results
end

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return { 'stale' } end
local message = unpackMessage(ARGV[2])
local isDone, result = pcall(carryOut, message[1], message[2])
if isDone then return { 'done', result } end
undo()
if type(result) == 'table' and result.answer then return { result.answer[1], place, unpack(result.answer, 2) } end
if type(result) == 'table' then return result end
return redis.error_reply(tostring(result))
`;
