/** All operations, in Lua. Each is given the key of the documents, and what it is to do. */
export const operations: string = String.raw`
local kinds = {}

kinds.update = function(data, operation)
  operation[2] = toIndexes(operation[2])
  local found = search(data, operation[1])
  local count = #found / 3
  local result = { count }
  changeAll(data, operation, found, 1, count, result)
  return result
end

local function removeDocument(data, indexes, id, bytes)
  put(data, id, false, bytes)
  local document = unpackMessage(bytes)
  for _, index in ipairs(indexes) do
    local entry = entryOf(index, document, id)
    if entry then unlink(index, entry) end
  end
end

-- Gives out the next so many ids of a collection: a batch that is undone and tried again has the same.
local function nextIds(key, collection, count)
  if isPending(key, collection) then flush() end
  local last = call('HGET', key, collection)
  put(key, collection, format('%.0f', (last or 0) + count), last)
  return (last or 0) + 0
end

local function isFree(indexes, entries, from)
  for place, index in ipairs(indexes) do
    local entry = entries[from + place]
    if index[2] and type(entry) == 'string' and isTaken(index, entry) then return false, index[4] end
  end
  return true
end

-- { indexes, key of the ids, collection, how many, place of the first in ARGV, entries, whether duplicates are
-- left out }. An entry is false where a document has none, and { entry } where another may have the same.
kinds.insert = function(data, operation)
  local indexes, count, first, entries = toIndexes(operation[1]), operation[4], operation[5], operation[6]
  local next, total = nextIds(operation[2], operation[3], count), 0
  for i = 0, count - 1 do
    local from = i * #indexes
    local free, name = isFree(indexes, entries, from)
    if free then
      local id = struct.pack('>I6', next + i)
      put(data, id, ARGV[first + i], false)
      for place, index in ipairs(indexes) do
        local entry = entries[from + place]
        if entry then link(index, (type(entry) == 'table' and entry[1] or entry) .. id) end
      end
      total = total + 1
    elseif not operation[7] then
      fail('duplicate', name)
    end
  end
  return { total }
end

-- { plan, indexes, budget or false }
kinds.remove = function(data, operation)
  local found, more = search(data, operation[1], operation[3])
  local indexes = toIndexes(operation[2])
  for i = 1, #found, 3 do removeDocument(data, indexes, found[i], found[i + 1]) end
  return { #found / 3, more }
end

-- { plan, budget, selected slots or false }
kinds.read = function(data, operation)
  local found, more = search(data, operation[1], operation[2])
  local result = { #found / 3, more or '' }
  for i = 1, #found, 3 do
    local bytes = found[i + 1]
    if operation[3] then bytes = selected(found[i + 2] or unpackMessage(bytes), bytes, operation[3]) end
    result[#result + 1] = found[i]
    result[#result + 1] = bytes
  end
  return result
end

-- { plan, budget }
kinds.count = function(data, operation)
  if #operation[1][4] == 0 then return { countEntries(data, operation[1]), '' } end
  local found, more = search(data, operation[1], operation[2])
  return { #found / 3, more or '' }
end

-- Shows what JavaScript has to decide on: { plan, budget, false }
kinds.ask = function(data, operation)
  fail('ask', format('%.17g', now()), unpack(kinds.read(data, operation), 2))
end

-- What was decided: { indexes, { id, hash of the document as it was seen, what it is to be or false, … } }
kinds.replace = function(data, operation)
  flush()
  local indexes, decided = toIndexes(operation[1]), operation[2]
  for i = 1, #decided, 3 do
    local id, hash, new = decided[i], decided[i + 1], decided[i + 2]
    local bytes = call('HGET', data, id)
    if not bytes or redis.sha1hex(bytes) ~= hash then fail('changed') end
    if new then
      put(data, id, new, bytes)
      reindex(indexes, id, entriesOf(indexes, unpackMessage(bytes), id), unpackMessage(new))
    else
      removeDocument(data, indexes, id, bytes)
    end
  end
  return { #decided / 3 }
end

-- Writes the catalog, the first one only where there is none of the keys that it names:
-- { version, format, collections, keys, keys of indexes that begin without entries }
kinds.define = function(_, operation)
  if ARGV[1] == '' then
    for _, key in ipairs(operation[4]) do
      if call('EXISTS', key) == 1 then fail('foreign', key) end
    end
  end
  for _, key in ipairs(operation[5]) do call('UNLINK', key) end
  call('HSET', KEYS[1], 'version', operation[1], 'format', operation[2], 'collections', operation[3])
  return { 1 }
end

-- Gives documents their entries in one index: { index, { id, hash of the document as it was seen, the document
-- now, … } }. Answers how many have changed since.
kinds.build = function(data, operation)
  local index, documents, changed = toIndexes(operation[1]), operation[2], 0
  for i = 1, #documents, 3 do
    local id, hash, bytes = documents[i], documents[i + 1], documents[i + 2]
    local seen = call('HGET', data, id)
    if seen and redis.sha1hex(seen) ~= hash then
      changed = changed + 1
    elseif seen then
      put(data, id, bytes, seen)
      local document = unpackMessage(bytes)
      local entry = entryOf(index, document, id)
      if entry and not call('ZSCORE', index[1], entry) then
        if index[2] then demandFree(index, document) end
        link(index, entry)
      end
    end
  end
  return { changed }
end
`;
