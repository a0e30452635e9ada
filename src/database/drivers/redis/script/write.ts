/**
 * Writing documents with their index entries, in Lua. Every write notes how it is undone, so that a batch that
 * cannot be carried out to its end leaves nothing.
 *
 * An index is `{ key, isUnique, sparse slot or false, name, slot, isText, slot, isText, … }`. An entry of it is
 * a member of a sorted set whose scores are all 0: the values of its slots, so that the order of bytes is the
 * order of values, and the id of the document.
 */
export const write: string = String.raw`
-- Four places for each write: the command that undoes it, its key and what follows, false where nothing does.
local undoing, undoable = {}, 0

local function note(command, key, first, second)
  undoing[undoable + 1], undoing[undoable + 2] = command, key
  undoing[undoable + 3], undoing[undoable + 4] = first, second
  undoable = undoable + 4
end

local function undo()
  for i = undoable - 3, 1, -4 do
    local second = undoing[i + 3]
    if second then
      call(undoing[i], undoing[i + 1], undoing[i + 2], second)
    else
      call(undoing[i], undoing[i + 1], undoing[i + 2])
    end
  end
end

local function put(data, id, bytes, old)
  note(old and 'HSET' or 'HDEL', data, id, old or false)
  call('HSET', data, id, bytes)
end

-- Numbers are given as texts: Lua would have each printed with 17 digits.
local function link(index, member)
  if call('ZADD', index[1], '0', member) == 1 then note('ZREM', index[1], member, false) end
end

local function unlink(index, member)
  if call('ZREM', index[1], member) == 1 then note('ZADD', index[1], '0', member) end
end

local known = {}

-- The indexes of a message: packed, because most steps of a batch have the same ones.
local function toIndexes(packed)
  local indexes = known[packed]
  if not indexes then
    indexes = unpackMessage(packed)
    known[packed] = indexes
  end
  return indexes
end

local concat, parts = table.concat, {}

-- The entry of a document in an index, without the id, nil where it has none; and whether all values are there.
-- Put together at once: Lua makes a string, and hashes all of it, at every step.
local function entryOf(index, document)
  if index[3] and not document[index[3]] then return nil end
  local length, isWhole = 0, true
  for i = 5, #index, 2 do
    local value = document[index[i]]
    if value then
      parts[length + 1], parts[length + 2], length = '\1', value, length + 2
      if index[i + 1] then parts[length + 1], length = '\0', length + 1 end
    else
      parts[length + 1], length, isWhole = '\0', length + 1, false
    end
  end
  return concat(parts, '', 1, length), isWhole
end

local function entriesOf(indexes, document)
  local entries = {}
  for place = 1, #indexes do entries[place] = entryOf(indexes[place], document) or false end
  return entries
end

local function isTaken(index, entry)
  return #call('ZRANGEBYLEX', index[1], '[' .. entry, '(' .. entry .. '\255', 'LIMIT', '0', '1') > 0
end

-- Moves a document from its entries in some indexes to those that it has now.
local function reindex(indexes, id, entries, document)
  for place = 1, #indexes do
    local index, before = indexes[place], entries[place]
    local after, isWhole = entryOf(index, document)
    if before ~= (after or false) then
      if after and isWhole and index[2] and isTaken(index, after) then fail('duplicate', index[4]) end
      if before then unlink(index, before .. id) end
      if after then link(index, after .. id) end
    end
  end
end
`;
