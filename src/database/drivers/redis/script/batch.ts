/**
 * Carrying out a batch, in Lua: steps `{ kind, after or 0, isRequired, key of the documents, … }` in order, or
 * none of them.
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

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return { 'stale' } end
local isDone, result = pcall(carryOut, unpackMessage(ARGV[2]))
if isDone then return { 'done', result } end
undo()
if type(result) ~= 'table' then return redis.error_reply(tostring(result)) end
if result.answer then return { result.answer[1], place, unpack(result.answer, 2) } end
return result
`;
