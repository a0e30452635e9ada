/** Finding documents by looking at all of them, and counting, in Lua. */
export const scan: string = String.raw`
searchAll = function(data, plan, budget)
  local conditions, limit = plan[4], plan[5] or math.huge
  flush()
  local cursor, seen, found, count, looked, size = plan[6] or '0', {}, {}, 0, 0, 0
  repeat
    local page = call('HSCAN', data, cursor, 'COUNT', mostAtOnce)
    cursor = page[1]
    for i = 1, #page[2], 2 do
      local id, bytes = page[2][i], page[2][i + 1]
      -- While a hash grows or shrinks, one may come twice.
      if not seen[id] then
        seen[id] = true
        local document = #conditions > 0 and unpackMessage(bytes)
        if not document or matches(conditions, document) then
          found[count * 3 + 1], found[count * 3 + 2], found[count * 3 + 3] = id, bytes, document
          count, size = count + 1, size + #bytes
          if count >= limit then return found end
        end
        looked = looked + 1
      end
    end
    if cursor ~= '0' and budget and (looked >= budget[1] or size >= budget[2]) then
      return found, cursor
    end
  until cursor == '0'
  return found
end

local function countEntries(data, plan)
  flush()
  if not plan[1] then return call('HLEN', data) end
  local total = 0
  for _, range in ipairs(plan[3]) do
    total = total + call('ZLEXCOUNT', plan[1], toBounds(range))
  end
  return total
end
`;
