/**
 * Values as they are stored, in Lua. A number is 8 bytes in the order of numbers (`ordered-number.ts`); two of
 * them are compared as numbers, because Lua compares strings by the server's locale.
 */
export const values: string = String.raw`
local call, unpackMessage, packMessage = redis.call, cmsgpack.unpack, cmsgpack.pack
local byte, char, sub, format = string.byte, string.char, string.sub, string.format

local startedAt
-- The server's time in milliseconds: the same throughout a script.
local function now()
  if not startedAt then
    local time = call('TIME')
    startedAt = tonumber(time[1]) * 1000 + tonumber(time[2]) / 1000
  end
  return startedAt
end

-- Ends the batch without a trace. What is thrown is what the script answers.
local function fail(...)
  error({ answer = { ... } }, 0)
end

local function inverted(bytes)
  local a, b, c, d, e, f, g, h = byte(bytes, 1, 8)
  return char(255 - a, 255 - b, 255 - c, 255 - d, 255 - e, 255 - f, 255 - g, 255 - h)
end

local function toOrdered(number)
  local bytes = struct.pack('>d', number + 0)
  if number < 0 then return inverted(bytes) end
  return char(byte(bytes, 1) + 128) .. sub(bytes, 2)
end

local function fromOrdered(bytes)
  local first = byte(bytes, 1)
  if first < 128 then return (struct.unpack('>d', inverted(bytes))) end
  return (struct.unpack('>d', char(first - 128) .. sub(bytes, 2)))
end

-- Whether a text is before another by its bytes.
local function isBefore(a, b)
  local length = math.min(#a, #b)
  for i = 1, length do
    local x, y = byte(a, i), byte(b, i)
    if x ~= y then return x < y end
  end
  return #a < #b
end

-- A number of the codec's JSON; exact, because 17 digits tell every double apart.
local function toJson(number)
  if number ~= number or number == math.huge or number == -math.huge then return nil end
  if number == math.floor(number) and math.abs(number) < 9007199254740992 then
    return format('%.0f', number)
  end
  return format('%.17g', number)
end

-- The number that a text of the codec is; nil when it is another kind of value, false when Lua cannot tell.
local function fromJson(text)
  local first = byte(text, 1)
  if first == 45 or (first >= 48 and first <= 57) then return tonumber(text) end
  if sub(text, 1, 10) == '{"$number"' or sub(text, 1, 10) == '{"$bigint"' then return false end
  return nil
end
`;
