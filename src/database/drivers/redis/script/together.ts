/**
 * Carrying out batches of updates and claims that came together, in Lua, each by itself all or nothing. `ARGV[2]`
 * has the shapes of their steps (`template.ts`), `ARGV[3]` what varies, one after the other: for each batch how
 * many steps it has, and for each step the place of its shape, after or 0, isRequired, isShared, and its values.
 */
export const together: string = String.raw`
local shapes, values = {}, unpackMessage(ARGV[3])
local headLength = 4

-- A shape: { key of the documents, update with holes, the ways to its holes, how many of them are of the query }.
for i, packed in ipairs(unpackMessage(ARGV[2])) do
  local update, ways, tables, keys, at = packed[2], packed[3], {}, {}, 1
  while ways[at] do
    local inner, last = update, at + ways[at]
    for step = at + 1, last - 1 do inner = inner[ways[step]] end
    tables[#tables + 1], keys[#keys + 1], at = inner, ways[last], last + 1
  end
  shapes[i] = {
    data = packed[1], update = update, tables = tables, keys = keys, ofQuery = packed[4],
    isCertain = isCertain(update), length = headLength + #keys,
  }
end

-- Fills the holes of a shape, from one to another, with the values of the step that begins there.
local function fill(shape, start, first, last)
  local tables, keys = shape.tables, shape.keys
  for hole = first, last do tables[hole][keys[hole]] = values[start + headLength - 1 + hole] end
end

-- A batch is where it begins among the values; its answer is each step's count and the documents it returns.
local function carryOut(batch)
  local answer, counts, start = { 'done' }, {}, batch + 1
  for i = 1, values[batch] do
    local shape, after, count = shapes[values[start]], values[start + 1], 0
    place = i
    if after == 0 or counts[after] > 0 then
      fill(shape, start, 1, #shape.keys)
      local found = search(shape.data, shape.update[1])
      count = #found / 3
      answer[#answer + 1] = count
      changeAll(shape.data, shape.update, found, 1, count, answer)
    else
      answer[#answer + 1] = 0
    end
    if values[start + 2] and count == 0 then fail('required') end
    counts[i], start = count, start + shape.length
  end
  return answer
end

-- Where each batch begins.
local function toBatches()
  local batches, start = {}, 1
  while start <= #values do
    batches[#batches + 1] = start
    local count = values[start]
    start = start + 1
    for _ = 1, count do start = start + shapes[values[start]].length end
  end
  return batches
end

-- Whether two batches are claims by the same query, of which one finds what the other leaves.
local function isShared(one, other)
  local shape = shapes[values[one + 1]]
  if values[other] ~= 1 or not values[other + 4] or shapes[values[other + 1]] ~= shape then return false end
  for i = headLength + 1, headLength + shape.ofQuery do
    if values[one + i] ~= values[other + i] then return false end
  end
  return true
end

-- Claims by the same query are one search, of which each has its part in turn.
local function share(batches, first, answers)
  local start, total, takers = batches[first] + 1, 0, {}
  local shape = shapes[values[start]]
  local ofLimit = shape.ofQuery + 1
  for i = first, #batches do
    if isShared(batches[first], batches[i]) then
      takers[#takers + 1] = i
      total = total + values[batches[i] + headLength + ofLimit]
    end
  end
  fill(shape, start, 1, shape.ofQuery)
  shape.update[1][5] = total
  local found, taken = search(shape.data, shape.update[1]), 0
  for _, i in ipairs(takers) do
    local taker = batches[i] + 1
    local count = math.min(values[taker + headLength - 1 + ofLimit], #found / 3 - taken)
    answers[i] = { 'done', count }
    fill(shape, taker, ofLimit + 1, #shape.keys)
    changeAll(shape.data, shape.update, found, taken + 1, taken + count, answers[i])
    taken = taken + count
  end
end

local function answerAll(batches)
  local answers = {}
  for i, batch in ipairs(batches) do
    local isCertain = values[batch] == 1 and shapes[values[batch + 1]].isCertain
    if isCertain and isShared(batch, batch) then
      if not answers[i] then share(batches, i, answers) end
    else
      answers[i] = attempt(carryOut, batch, isCertain)
    end
  end
  return answers
end

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return {} end
local batches = toBatches()
return answersTo(#batches, function() return answerAll(batches) end)
`;
