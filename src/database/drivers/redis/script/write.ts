/**
 * Writing documents with their index entries, in Lua. Every write notes how it is undone, so that a batch that
 * cannot be carried out to its end leaves nothing.
 *
 * A collection is `{ data key, id counter, indexes }`, an index `{ key, isUnique, sparse slot or false, name,
 * slot, isText, slot, isText, … }`. An entry of an index is a member of a sorted set whose scores are all 0:
 * the values of its slots, so that the order of bytes is the order of values, and the id of the document.
 */
export const write: string = String.raw`
local undoing = {}

local function undo()
  for i = #undoing, 1, -1 do call(unpack(undoing[i])) end
end

local function put(collection, id, bytes, old)
  local back = old and { 'HSET', collection[1], id, old } or { 'HDEL', collection[1], id }
  undoing[#undoing + 1] = back
  call('HSET', collection[1], id, bytes)
end

local function link(index, member)
  if call('ZADD', index[1], 0, member) == 1 then undoing[#undoing + 1] = { 'ZREM', index[1], member } end
end

local function unlink(index, member)
  if call('ZREM', index[1], member) == 1 then undoing[#undoing + 1] = { 'ZADD', index[1], 0, member } end
end

-- The entry of a document in an index, without the id, nil where it has none; and whether all values are there.
local function entryOf(index, document)
  if index[3] and document[index[3]] == nil then return nil end
  local entry, isWhole = '', true
  for i = 5, #index, 2 do
    local value = document[index[i]]
    if value == nil then
      entry, isWhole = entry .. '\0', false
    elseif index[i + 1] then
      entry = entry .. '\1' .. value .. '\0'
    else
      entry = entry .. '\1' .. value
    end
  end
  return entry, isWhole
end

local function isTaken(index, entry)
  return #call('ZRANGEBYLEX', index[1], '[' .. entry, '(' .. entry .. '\255', 'LIMIT', 0, 1) > 0
end

-- Moves a document's entries in some indexes (all when left out).
local function reindex(collection, id, old, new, affected)
  for place, index in ipairs(collection[3]) do
    if not affected or affected[place] then
      local before = old and entryOf(index, old)
      local after, isWhole
      if new then after, isWhole = entryOf(index, new) end
      if before ~= after then
        if after and isWhole and index[2] and isTaken(index, after) then fail('duplicate', index[4]) end
        if before then unlink(index, before .. id) end
        if after then link(index, after .. id) end
      end
    end
  end
end

local function removeDocument(collection, id, bytes, document)
  undoing[#undoing + 1] = { 'HSET', collection[1], id, bytes }
  call('HDEL', collection[1], id)
  reindex(collection, id, document or unpackMessage(bytes), nil)
end

local function nextIds(collection, most)
  return call('HINCRBY', collection[2], collection[4], most) - most
end

-- "entries" has one item for each index: the entry, false where there is none, { entry } where it may be taken.
local function isFree(collection, entries, from)
  for place, index in ipairs(collection[3]) do
    local entry = entries[from + place]
    if index[2] and type(entry) == 'string' and isTaken(index, entry) then return false, index[4] end
  end
  return true
end

local function insert(collection, operation)
  local indexes, entries = collection[3], operation.entries
  local next, total = nextIds(collection, operation.count), 0
  for i = 0, operation.count - 1 do
    local from = i * #indexes
    local free, name = isFree(collection, entries, from)
    if free then
      local id = struct.pack('>I6', next + i)
      put(collection, id, ARGV[operation.first + i])
      for place, index in ipairs(indexes) do
        local entry = entries[from + place]
        if entry then link(index, (type(entry) == 'table' and entry[1] or entry) .. id) end
      end
      total = total + 1
    elseif not operation.ifAbsent then
      fail('duplicate', name)
    end
  end
  return { total }
end
`;
