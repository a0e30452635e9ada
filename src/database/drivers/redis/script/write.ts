/**
 * Writing documents with their index entries, in Lua. What is to be written is collected and written at once:
 * one command for the documents of a collection, two for the entries of an index.
 *
 * An index is `{ key, isUnique, sparse slot or false, name, slot, its end, slot, its end, … }`. An entry of it is
 * a member of a sorted set whose scores are all 0: the values of its slots, so that the order of bytes is the
 * order of values, and the id of the document.
 */
export const write: string = String.raw`
local idLength = 6

-- What is to be written, by key of documents and by key of an index; and what this script has written before,
-- each such collection in turn.
local pending, written = { documents = {}, entries = {} }, {}

local mostArguments = 2000

local function callAll(run, command, key, arguments)
  for first = 1, #arguments, mostArguments do
    run(command, key, unpack(arguments, first, math.min(first + mostArguments - 1, #arguments)))
  end
end

-- Writes what is pending. Documents are first: only their command fails where memory is full.
local function flush()
  local now = pending
  if not next(now.documents) then return end
  written[#written + 1], pending = now, { documents = {}, entries = {} }
  for key, documents in pairs(now.documents) do
    callAll(call, 'HSET', key, documents.set)
    callAll(call, 'HDEL', key, documents.removed)
  end
  for key, entries in pairs(now.entries) do
    callAll(call, 'ZREM', key, entries.removed)
    callAll(call, 'ZADD', key, entries.added)
  end
end

-- The members among the arguments of ZADD, or the other way round: scores are texts, because Lua would have
-- each number printed with 17 digits.
local function withoutScores(arguments)
  local members = {}
  for i = 2, #arguments, 2 do members[i / 2] = arguments[i] end
  return members
end

local function withScores(members)
  local arguments = {}
  for i = 1, #members do arguments[2 * i - 1], arguments[2 * i] = '0', members[i] end
  return arguments
end

-- Undoes what was written after the first so many collections.
local function revert(count)
  for i = #written, count + 1, -1 do
    for key, documents in pairs(written[i].documents) do
      callAll(redis.pcall, 'HDEL', key, documents.created)
      callAll(redis.pcall, 'HSET', key, documents.old)
    end
    for key, entries in pairs(written[i].entries) do
      callAll(redis.pcall, 'ZREM', key, withoutScores(entries.added))
      callAll(redis.pcall, 'ZADD', key, withScores(entries.removed))
    end
    written[i] = nil
  end
end

local function documentsOf(key)
  local documents = pending.documents[key]
  if not documents then
    documents = { set = {}, removed = {}, old = {}, created = {}, isPending = {} }
    pending.documents[key] = documents
  end
  return documents
end

local function isPending(key, id)
  local documents = pending.documents[key]
  return documents and documents.isPending[id]
end

-- Stores a document, false for none, where there was another, false for none. Once for each before a flush.
local function put(key, id, bytes, old)
  local documents = documentsOf(key)
  local set, removed, before, created = documents.set, documents.removed, documents.old, documents.created
  documents.isPending[id] = true
  if bytes then
    local count = #set
    set[count + 1], set[count + 2] = id, bytes
  else
    removed[#removed + 1] = id
  end
  if old then
    local count = #before
    before[count + 1], before[count + 2] = id, old
  else
    created[#created + 1] = id
  end
end

local function entriesIn(index)
  local entries = pending.entries[index[1]]
  if not entries then
    entries = { added = {}, removed = {}, isHeld = {} }
    pending.entries[index[1]] = entries
  end
  return entries
end

local function link(index, entry)
  local entries = entriesIn(index)
  local added = entries.added
  local count = #added
  added[count + 1], added[count + 2] = '0', entry
  if index[2] then entries.isHeld[sub(entry, 1, -idLength - 1)] = true end
end

local function unlink(index, entry)
  local entries = entriesIn(index)
  entries.removed[#entries.removed + 1] = entry
  if index[2] then entries.isHeld[sub(entry, 1, -idLength - 1)] = false end
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

-- The entry of a document in an index, nil where it has none. Put together at once: Lua makes a string, and hashes
-- all of it, at every step. Most indexes have three fields, and most documents all of them.
local function entryOf(index, document, id)
  if index[3] and not document[index[3]] then return nil end
  local first, second, third = document[index[5]], document[index[7]], document[index[9]]
  if first and second and third and not index[11] then
    return '\1' .. first .. index[6] .. '\1' .. second .. index[8] .. '\1' .. third .. index[10] .. id
  end
  local length = 0
  for i = 5, #index, 2 do
    local value = document[index[i]]
    if value then
      parts[length + 1], parts[length + 2], parts[length + 3] = '\1', value, index[i + 1]
      length = length + 3
    else
      parts[length + 1], length = '\0', length + 1
    end
  end
  parts[length + 1] = id
  return concat(parts, '', 1, length + 1)
end

local function entriesOf(indexes, document, id)
  local entries = {}
  for place = 1, #indexes do entries[place] = entryOf(indexes[place], document, id) or false end
  return entries
end

-- Whether a document has this entry, which no two may have.
local function isTaken(index, entry)
  local entries = pending.entries[index[1]]
  local isHeld = entries and entries.isHeld[entry]
  if isHeld ~= nil then return isHeld end
  return #call('ZRANGEBYLEX', index[1], '[' .. entry, '(' .. entry .. '\255', 'LIMIT', '0', '1') > 0
end

-- Fails where another document has what only one may have: all values of a unique index.
local function demandFree(index, document)
  for i = 5, #index, 2 do
    if not document[index[i]] then return end
  end
  if isTaken(index, entryOf(index, document, '')) then fail('duplicate', index[4]) end
end

-- Moves a document from its entries in some indexes to those that it has now.
local function reindex(indexes, id, entries, document)
  for place = 1, #indexes do
    local index, before = indexes[place], entries[place]
    local after = entryOf(index, document, id)
    if before ~= (after or false) then
      if after and index[2] then demandFree(index, document) end
      if before then unlink(index, before) end
      if after then link(index, after) end
    end
  end
end
`;
