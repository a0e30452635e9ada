/** What makes batches all or nothing, in Lua: a batch that fails leaves nothing of what it wrote. */
export const attempt: string = String.raw`
-- The step that is carried out now, from 1.
local place

local function isFailure(result) return type(result) == 'table' and result.answer end

-- Carries out a batch, and answers for it. One that cannot fail once it writes (isCertain) may leave that to the
-- end of the script, together with others.
local function attempt(carryOut, batch, isCertain)
  if not isCertain then flush() end
  local before = #written
  local isDone, result = pcall(carryOut, batch)
  if isDone then return result end
  if not isFailure(result) then error(result, 0) end
  if not isCertain then
    pending = { documents = {}, entries = {} }
    revert(before)
  end
  return { result.answer[1], place, unpack(result.answer, 2) }
end

-- What the script returns: the answers to so many batches. When the server refused a command, nothing is done of
-- any of them.
local function answersTo(count, answerAll)
  local isDone, answers = pcall(answerAll)
  if isDone then isDone, answers = pcall(function() flush() return answers end) end
  if isDone then return answers end
  revert(0)
  local message = type(answers) == 'table' and answers.err or tostring(answers)
  answers = {}
  for i = 1, count do answers[i] = { 'error', message } end
  return answers
end
`;
