/**
 * Carrying out batches of updates and claims that came together, in Lua, each by itself all or nothing. `ARGV[2]`
 * has the shapes of their steps (`shapes.ts`), `ARGV[3]` what varies, one after the other: for each batch how
 * many values it has and how many steps, and for each step the place of its shape, after or 0, isRequired,
 * isShared, and its values: those of its query, its limit when it is a claim, those of its change.
 */
export const together: string = String.raw`
local headLength = 4

-- Makes a step that begins at a place among the values. Returns how many documents it changed.
local function makeStep(shape, start, answer)
  local update, from = shape.update, start + headLength
  local plan = update[1]
  fillQuery(update, from)
  from = from + shape.querySize
  if update[6] then plan[5], from = values[from], from + 1 end
  fillChange(update, from)
  local found = search(shape.data, plan)
  local count = #found / 3
  answer[#answer + 1] = count
  changeAll(shape.data, update, found, 1, count, answer)
  return count
end

-- A batch is where its first step begins, behind how many they are. Its answer is each step's count and the
-- documents that it returns.
local function carryOut(batch)
  local answer, counts, start = { 'done' }, {}, batch
  for i = 1, values[batch - 1] do
    local shape, after = shapes[values[start]], values[start + 1]
    place = i
    if after == 0 or counts[after] > 0 then
      counts[i] = makeStep(shape, start, answer)
    else
      counts[i], answer[#answer + 1] = 0, 0
    end
    if values[start + 2] and counts[i] == 0 then fail('required') end
    start = start + headLength + shape.size
  end
  return answer
end

-- Whether two batches are claims by the same query, of which one finds what the other leaves.
local function areShared(one, other)
  if not values[one + 3] or not values[other + 3] or values[one] ~= values[other] then return false end
  if values[one - 1] ~= 1 or values[other - 1] ~= 1 then return false end
  for i = headLength, headLength + shapes[values[one]].querySize - 1 do
    if values[one + i] ~= values[other + i] then return false end
  end
  return true
end

-- Claims by the same query are one search, of which each has its part in turn.
local function share(batches, first, answers)
  local shape, takers, total = shapes[values[batches[first]]], {}, 0
  local limitAt = headLength + shape.querySize
  for i = first, #batches do
    if areShared(batches[first], batches[i]) then
      takers[#takers + 1] = i
      total = total + values[batches[i] + limitAt]
    end
  end
  local update, taken = shape.update, 0
  fillQuery(update, batches[first] + headLength)
  update[1][5] = total
  local found = search(shape.data, update[1])
  for _, i in ipairs(takers) do
    local count = math.min(values[batches[i] + limitAt], #found / 3 - taken)
    answers[i] = { 'done', count }
    fillChange(update, batches[i] + limitAt + 1)
    changeAll(shape.data, update, found, taken + 1, taken + count, answers[i])
    taken = taken + count
  end
end

local function answerAll(batches)
  local answers = {}
  for i, batch in ipairs(batches) do
    local isCertain = values[batch - 1] == 1 and shapes[values[batch]].isCertain
    if not answers[i] then
      if isCertain and areShared(batch, batch) then
        share(batches, i, answers)
      else
        answers[i] = attempt(carryOut, batch, isCertain)
      end
    end
  end
  return answers
end

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return {} end
local batches, start = {}, 1
while start < #values do
  batches[#batches + 1] = start + 2
  start = start + 2 + values[start]
end
return answersTo(#batches, function() return answerAll(batches) end)
`;
