/** Whether a document fulfils conditions, in Lua: those of `conditions.ts`, as `match.ts` defines them. */
export const conditions: string = String.raw`
-- Whether a < b, a <= b, … as the operator says, of numbers or of texts.
local function isInRange(a, operator, b, isLess)
  if operator == 'gt' then return isLess(b, a) end
  if operator == 'gte' then return not isLess(a, b) end
  if operator == 'lt' then return isLess(a, b) end
  return not isLess(b, a)
end

local function isSmaller(a, b) return a < b end

local function isIn(condition, value)
  if value == nil then return condition[5] end
  if not condition.set then
    condition.set = {}
    for _, item in ipairs(condition[4]) do condition.set[item] = true end
  end
  return condition.set[value] == true
end

-- Of a declared field: numbers and ids by their bytes, texts as they are.
local function holdsDeclared(condition, value)
  local kind, operator, operand = condition[2], condition[3], condition[4]
  if operator == 'exists' then return (value ~= nil) == operand end
  if operator == 'in' then return isIn(condition, value) end
  if type(operand) == 'table' then operand = toOrdered(now() + operand[1]) end
  if operator == 'eq' then return value == operand end
  if operator == 'ne' then return value ~= operand end
  if value == nil then return false end
  if kind == 'number' then
    return isInRange(fromOrdered(value), operator, fromOrdered(operand), isSmaller)
  end
  return isInRange(value, operator, operand, isBefore)
end

-- Of a field that nobody declared: a text of the codec.
local function holdsEncoded(condition, value)
  local operator, operand = condition[3], condition[4]
  if operator == 'exists' then return (value ~= nil) == operand end
  if operator == 'null' then return (value == nil or value == 'null') == operand end
  if condition[2] == 'text' then return (value == operand) == (operator == 'eq') end
  if type(operand) == 'table' then operand = now() + operand[1] end
  local number = value and fromJson(value)
  if number == false then fail('undecided') end
  if operator == 'eq' then return number == operand end
  if operator == 'ne' then return number ~= operand end
  return number ~= nil and isInRange(number, operator, operand, isSmaller)
end

local function holds(condition, value)
  local operand = condition[4]
  -- Bytes and texts of either.
  if condition[3] == 'eq' and type(operand) == 'string' then return value == operand end
  if byte(condition[1], 1) == 61 then return holdsEncoded(condition, value) end
  return holdsDeclared(condition, value)
end

local function matches(conditions, document)
  for i = 1, #conditions do
    if not holds(conditions[i], document[conditions[i][1]]) then return false end
  end
  return true
end
`;
