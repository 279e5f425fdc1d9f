-- What wrk sends: nine requests of ten about alerts that are known, the tenth about alerts never seen before.
--   wrk ... -s load.lua URL -- webhook <alerts per request> <name of the run> <integrations> <secret>
--   wrk ... -s load.lua URL -- alerts  <alerts per request> <name of the run> <groups>
--   wrk ... -s load.lua URL -- alerta  1 <name of the run> <groups>
-- No two bodies are alike: each says how often its alerts were measured, as a monitor's value does. A group of
-- known alerts always comes by the same integration; 50 new alerts make a new group, hence a new incident.

local format = string.format
local form, per, run, known, secret
local sent, fresh = 0, 0
local GROUP = 50

local function alert(group, number, began)
  local common = format('"labels":{"alertname":"LatencyHigh","grp":"%s","instance":"10.1.%s.%d:9100","job":"node",' ..
    '"severity":"warning","cluster":"eu-1"},"annotations":{"summary":"The 99th percentile is above 2 seconds",' ..
    '"description":"Requests take too long on this instance; measured %s-%d times"},"startsAt":"%s",' ..
    '"generatorURL":"http://prometheus.example/graph?g0.expr=latency"', group, group, number, run, sent, began)
  if form == "alerts" then
    return "{" .. common .. "}"
  end
  return format('{"status":"firing",%s,"endsAt":"0001-01-01T00:00:00Z","fingerprint":"%s-%d"}', common, group, number)
end

local function alerta(group, number)
  return format('{"environment":"Production","resource":"10.1.%s.%d:9100","event":"LatencyHigh","group":"%s",' ..
    '"severity":"warning","service":["shop"],"tags":["job=node","cluster=eu-1"],' ..
    '"text":"Requests take too long on this instance; measured %s-%d times"}', group, number, group, run, sent)
end

local function body(group, first)
  if form == "alerta" then
    return alerta(group, first + 1)
  end
  local began, alerts = os.date("!%Y-%m-%dT00:00:00Z"), {}
  for i = 1, per do
    alerts[i] = alert(group, first + i, began)
  end
  local list = "[" .. table.concat(alerts, ",") .. "]"
  if form == "alerts" then
    return list
  end
  return format('{"version":"4","groupKey":"{}:{grp=%s}","truncatedAlerts":0,"status":"firing","receiver":"tocsin",' ..
    '"groupLabels":{"alertname":"LatencyHigh","grp":"%s"},"commonLabels":{"alertname":"LatencyHigh"},' ..
    '"commonAnnotations":{},"externalURL":"http://alertmanager.example","alerts":%s}', group, group, list)
end

function init(args)
  form, per, run, known, secret = args[1], tonumber(args[2]), args[3], tonumber(args[4]), args[5]
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  if secret then
    wrk.headers["Authorization"] = "Bearer " .. secret
  end
end

function request()
  sent = sent + 1
  local group, first
  if sent % 10 == 0 then
    group, first = format("%s-new%d", run, math.floor(fresh / GROUP)), fresh % GROUP
    fresh = fresh + per
  else
    group, first = format("known%d-%d", per, sent % known), 0
  end
  local path = form == "webhook" and format("/in/bench-%04d-0123456789abcdef/alertmanager", sent % known) or wrk.path
  return wrk.format(nil, path, nil, body(group, first))
end

function done(summary, latency, requests)
  local failed = summary.errors
  io.write(format('\n{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, failed.status, failed.connect + failed.read + failed.write + failed.timeout,
    latency:percentile(50), latency:percentile(99)))
end
