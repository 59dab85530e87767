-- Sends the requests of a file in turn, and reports in one line of JSON.
-- A line is "path<TAB>header<TAB>value", and for a POST "<TAB>body" after it.
local requests, turn = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local path, name, value, body = line:match("^([^\t]+)\t([^\t]+)\t([^\t]+)\t?(.*)$")
    local post = body ~= ""
    local headers = { [name] = value, Host = "learn.example" }
    requests[#requests + 1] = wrk.format(post and "POST" or "GET", path, headers, post and body or nil)
  end
  turn = tonumber(arguments[2] or 0)
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"refused":%d,"broken":%d,"p50_ms":%.3f,"p99_ms":%.3f}\n',
    summary.requests, summary.duration / 1e6, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
