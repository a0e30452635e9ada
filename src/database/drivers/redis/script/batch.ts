/**
 * Carrying out a batch of any operations, in Lua: the steps of `ARGV[2]`, `{ kind, after or 0, isRequired, key of
 * the documents, … }`, in order, or none of them.
 */
export const batch: string = String.raw`
local function carryOut(steps)
  local results = {}
  for i = 1, #steps do
    local step, result = steps[i], { 0 }
    place = i
    if step[2] == 0 or results[step[2]][1] > 0 then result = kinds[step[1]](step[4], step[5]) end
    if step[3] and result[1] == 0 then fail('required') end
    results[i] = result
  end
  return { 'done', results }
end

if (call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return {} end
return answersTo(1, function() return { attempt(carryOut, unpackMessage(ARGV[2]), false) } end)
`;
