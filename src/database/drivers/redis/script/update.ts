/** Updates and claims, in Lua. */
export const update: string = String.raw`
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

local function change(document, unset, set, increments)
  for i = 1, #unset do document[unset[i]] = nil end
  for i = 1, #set, 2 do
    local slot, value = set[i], set[i + 1]
    if type(value) == 'table' then
      local time = now() + value[1]
      value = byte(slot, 1) == 61 and toJson(time) or toOrdered(time)
    end
    document[slot] = value
  end
  for i = 1, #increments, 3 do
    increment(document, increments[i], increments[i + 1], increments[i + 2])
  end
end

local function selected(document, bytes, slots)
  if not slots then return bytes end
  local some = {}
  for _, slot in ipairs(slots) do some[slot] = document[slot] end
  return packMessage(some)
end

local kinds = {}

-- Whether an update, once it has found its documents, can be made: its batch has nothing to undo.
local function isCertain(operation)
  for _, index in ipairs(toIndexes(operation[2])) do
    if index[2] then return false end
  end
  local increments = operation[5]
  for i = 2, #increments, 3 do
    if increments[i] ~= 'number' then return false end
  end
  return true
end

-- { plan, the indexes whose entries may change, unset, set, increments, isReturned, selected slots or false }
kinds.update = function(data, operation)
  local indexes, found = toIndexes(operation[2]), search(data, operation[1])
  local result = { #found }
  for i = 1, #found do
    local id, bytes, document = found[i][1], found[i][2], found[i][3] or unpackMessage(found[i][2])
    local entries = entriesOf(indexes, document)
    change(document, operation[3], operation[4], operation[5])
    local changed = packMessage(document)
    put(data, id, changed, bytes)
    reindex(indexes, id, entries, document)
    if operation[6] then result[#result + 1] = selected(document, changed, operation[7]) end
  end
  return result
end
`;
