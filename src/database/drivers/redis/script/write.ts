/**
 * Writing documents with their index entries, in Lua. Every write notes how it is undone, so that a batch that
 * cannot be carried out to its end leaves nothing.
 *
 * An index is `{ key, isUnique, sparse slot or false, name, slot, isText, slot, isText, … }`. An entry of it is
 * a member of a sorted set whose scores are all 0: the values of its slots, so that the order of bytes is the
 * order of values, and the id of the document.
 */
export const write: string = String.raw`
local undoing = {}

local function undo()
  for i = #undoing, 1, -1 do call(unpack(undoing[i])) end
end

local function put(data, id, bytes, old)
  undoing[#undoing + 1] = old and { 'HSET', data, id, old } or { 'HDEL', data, id }
  call('HSET', data, id, bytes)
end

local function link(index, member)
  if call('ZADD', index[1], 0, member) == 1 then undoing[#undoing + 1] = { 'ZREM', index[1], member } end
end

local function unlink(index, member)
  if call('ZREM', index[1], member) == 1 then undoing[#undoing + 1] = { 'ZADD', index[1], 0, member } end
end

-- The entry of a document in an index, without the id, nil where it has none; and whether all values are there.
local function entryOf(index, document)
  if index[3] and not document[index[3]] then return nil end
  local parts, isWhole = {}, true
  for i = 5, #index, 2 do
    local value = document[index[i]]
    if not value then
      parts[#parts + 1], isWhole = '\0', false
    else
      parts[#parts + 1], parts[#parts + 2] = '\1', value
      if index[i + 1] then parts[#parts + 1] = '\0' end
    end
  end
  return table.concat(parts), isWhole
end

local function entriesOf(indexes, document)
  local entries = {}
  for place, index in ipairs(indexes) do entries[place] = entryOf(index, document) or false end
  return entries
end

local function isTaken(index, entry)
  return #call('ZRANGEBYLEX', index[1], '[' .. entry, '(' .. entry .. '\255', 'LIMIT', 0, 1) > 0
end

-- Moves a document from its entries in some indexes to those that it has now.
local function reindex(indexes, id, entries, document)
  for place, index in ipairs(indexes) do
    local before = entries[place]
    local after, isWhole = entryOf(index, document)
    if before ~= (after or false) then
      if after and isWhole and index[2] and isTaken(index, after) then fail('duplicate', index[4]) end
      if before then unlink(index, before .. id) end
      if after then link(index, after .. id) end
    end
  end
end
`;
