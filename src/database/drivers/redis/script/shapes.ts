/**
 * The shapes of updates, in Lua: `ARGV[2]` has the parts of all of them (`template.ts`) in one list, because Lua
 * makes one long list faster than many short ones.
 */
export const shapes: string = String.raw`
local shapes, values, parts, at = {}, unpackMessage(ARGV[3]), unpackMessage(ARGV[2]), 1

local function take()
  at = at + 1
  return parts[at - 1]
end

local function takeList()
  local first, last = at + 1, at + parts[at]
  at = last + 1
  return { unpack(parts, first, last) }
end

-- The ends of a range, to be filled: one with the server's time is a list, and without any the range is all that
-- begins with something.
local function takeRange()
  local ends = takeList()
  if #ends == 0 then return false end
  for i = 1, 2 do
    if ends[i] then ends[i] = { false, false, ends[i] } end
  end
  return ends
end

-- Makes a list of values to be filled, in every so many places: true says that it is the server's time.
local function withHoles(list, step)
  for i = step, #list, step do
    if list[i] then list[i] = {} end
  end
  return list
end

local function takeConditions()
  local list, conditions = withHoles(takeList(), 4), {}
  for i = 1, #list, 4 do
    conditions[(i + 3) / 4] = { list[i], list[i + 1], list[i + 2], list[i + 3] }
  end
  return conditions
end

local function takeShape()
  local shape = { data = take(), size = take(), querySize = take() }
  local index, isReverse, isClaim, indexes = take(), take(), take(), {}
  for i = 1, take() do indexes[i] = takeList() end
  local plan = { index, isReverse, { takeRange() }, takeConditions(), false, false }
  local unset, set, increments = takeList(), withHoles(takeList(), 2), withHoles(takeList(), 3)
  local selected = parts[at] and takeList() or take()
  shape.update = { plan, indexes, unset, set, increments, isClaim, selected }
  shape.isCertain = isCertain(shape.update)
  return shape
end

-- Fills a place of a list with a value, or with the offset of a time.
local function fillPlace(list, place, value)
  local hole = list[place]
  if type(hole) == 'table' then hole[1] = value else list[place] = value end
end

-- Fills the query of an update with the values from a place on.
local function fillQuery(update, from)
  local plan = update[1]
  local ends, conditions = plan[3][1], plan[4]
  if type(ends) ~= 'table' then
    plan[3][1], from = values[from], from + 1
  else
    for i = 1, 2 do
      local bound = ends[i]
      if type(bound) == 'table' then
        bound[1], bound[2], from = values[from], values[from + 1], from + 2
      else
        ends[i], from = values[from], from + 1
      end
    end
  end
  for i = 1, #conditions do
    fillPlace(conditions[i], 4, values[from])
    from = from + 1
  end
end

-- As fillQuery, for what is set and incremented.
local function fillChange(update, from)
  local set, increments = update[4], update[5]
  for i = 2, #set, 2 do
    fillPlace(set, i, values[from])
    from = from + 1
  end
  for i = 3, #increments, 3 do
    increments[i], from = values[from], from + 1
  end
end

while at <= #parts do shapes[#shapes + 1] = takeShape() end
`;
