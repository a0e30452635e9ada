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

-- Whether an update, once it has found its documents, can be made: its batch has nothing to undo.
local function isCertain(operation)
  for _, index in ipairs(operation[2]) do
    if index[2] then return false end
  end
  local increments = operation[5]
  for i = 2, #increments, 3 do
    if increments[i] ~= 'number' then return false end
  end
  return true
end

-- Changes some of the documents found, and adds those that are returned to an answer. An update is
-- { plan, the indexes whose entries may change, unset, set, increments, isReturned, selected slots or false }.
local function changeAll(data, update, found, first, last, answer)
  local indexes = update[2]
  for i = first, last do
    local id, bytes = found[i * 3 - 2], found[i * 3 - 1]
    local document = found[i * 3] or unpackMessage(bytes)
    local entries = entriesOf(indexes, document, id)
    change(document, update[3], update[4], update[5])
    local changed = packMessage(document)
    put(data, id, changed, bytes)
    reindex(indexes, id, entries, document)
    if update[6] then answer[#answer + 1] = selected(document, changed, update[7]) end
  end
end
`;
