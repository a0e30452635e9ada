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

local function answerTo(steps)
  local isDone, result = pcall(carryOut, steps)
  if isDone then return { 'done', result } end
  undo()
  if type(result) ~= 'table' then return { 'error', tostring(result) } end
  if result.answer then return { result.answer[1], place, unpack(result.answer, 2) } end
  return { 'error', result.err }
end

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return {} end
local answers = {}
for i, steps in ipairs(unpackMessage(ARGV[2])) do
  undoable = 0
  answers[i] = answerTo(steps)
end
return answers
`;
