/**
 * Carrying out batches, in Lua, one after the other and each by itself: steps
 * `{ kind, after or 0, isRequired, key of the documents, … }` in order, or none of them.
 */
export const batch: string = String.raw`
local place

local function carryOut(steps)
  local results = {}
  for i = 1, #steps do
    local step, result = steps[i], { 0 }
    place = i
    if step[2] == 0 or results[step[2]][1] > 0 then result = kinds[step[1]](step[4], step[5]) end
    if step[3] and result[1] == 0 then fail('required') end
    results[i] = result
  end
  return results
end

-- Whether the batch can leave what it writes to the end of the script: nothing can fail once it writes.
local function isCertainBatch(steps)
  return #steps == 1 and steps[1][1] == 'update' and isCertain(steps[1][5])
end

local function toAnswer(isDone, result)
  if isDone then return { 'done', result } end
  return { result.answer[1], place, unpack(result.answer, 2) }
end

local function isFailure(result) return type(result) == 'table' and result.answer end

local function answerTo(steps)
  local isCertain = isCertainBatch(steps)
  if not isCertain then flush() end
  local before = #written
  local isDone, result = pcall(carryOut, steps)
  if not isDone and not isFailure(result) then error(result, 0) end
  if not isDone and not isCertain then
    pending = { documents = {}, entries = {} }
    revert(before)
  end
  return toAnswer(isDone, result)
end

local function answersTo(batches)
  local answers = {}
  for i = 1, #batches do answers[i] = answerTo(batches[i]) end
  flush()
  return answers
end

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return {} end
local batches = unpackMessage(ARGV[2])
local isDone, answers = pcall(answersTo, batches)
if isDone then return answers end
-- The server refused a command: then nothing of all the batches is done.
revert(0)
local message = type(answers) == 'table' and answers.err or tostring(answers)
answers = {}
for i = 1, #batches do answers[i] = { 'error', message } end
return answers
`;
