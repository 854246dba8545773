-- Makes wrk ask for the paths that a file lists, one a line, in turn, and report as a line of JSON.

local requests = {}
local turn = 0

function init(arguments)
    for path in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    turn = turn % #requests + 1
    return requests[turn]
end

function done(summary)
    local errors = summary.errors
    local all = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format('{"requests": %d, "seconds": %.6f, "errors": %d}\n', summary.requests, summary.duration / 1e6, all))
end
