-- Takes one request from every bucket, or from none if one has nothing left.
-- KEYS: the buckets. ARGV: for each, its window in microseconds and its quota.
-- Answers, for each, the microseconds until it would be full again with this request taken.
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local full_at, full_in, is_over = {}, {}, false
for i, key in ipairs(KEYS) do
  local window, quota = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local before = tonumber(redis.call('GET', key) or now)
  full_at[i] = math.max(before, now) + math.floor(window / quota)
  full_in[i] = full_at[i] - now
  is_over = is_over or full_in[i] > window
end
if not is_over then
  for i, key in ipairs(KEYS) do
    -- tostring() would round microseconds since 1970.
    redis.call('SET', key, string.format('%.0f', full_at[i]), 'PX', math.ceil(full_in[i] / 1000))
  end
end
return full_in
