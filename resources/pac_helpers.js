// What a proxy auto-configuration script may call, as browsers have it. Nothing here does I/O: a name that is not known
// yet ends the run, is looked up outside, and the script runs again.
function isPlainHostName(host) { return !/[.:]/.test(host); }
function dnsDomainIs(host, domain) { return String(host).toLowerCase().endsWith(String(domain).toLowerCase()); }
function localHostOrDomainIs(host, whole) {
  host = String(host).toLowerCase();
  whole = String(whole).toLowerCase();
  return host === whole || (isPlainHostName(host) && whole.startsWith(host + "."));
}
function dnsDomainLevels(host) { return String(host).split(".").length - 1; }
function shExpMatch(text, pattern) {
  const escaped = String(pattern).replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*").replace(/\?/g, ".");
  return new RegExp("^" + escaped + "$").test(String(text));
}

function __addresses(host) {
  host = String(host).toLowerCase();
  if (__isIp(host)) return [host];
  if (!Object.hasOwn(__known, host)) { __wanted = host; throw new Error("look up"); }
  return __known[host];
}
function __isIp(text) { return __v4(text) !== null || /^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text); }
function __v4(text) {
  const parts = String(text).split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256)) return null;
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0) >>> 0;
}
function dnsResolve(host) { return __addresses(host).find((ip) => __v4(ip) !== null) ?? null; }
function dnsResolveEx(host) { return __addresses(host).join(";"); }
function isResolvable(host) { return dnsResolve(host) !== null; }
function isResolvableEx(host) { return __addresses(host).length > 0; }
function myIpAddress() { return __mine.find((ip) => __v4(ip) !== null) ?? "127.0.0.1"; }
function myIpAddressEx() { return __mine.join(";"); }
function convert_addr(ip) { return __v4(ip) ?? 0; }
function isInNet(host, net, mask) {
  const ip = __v4(dnsResolve(host) ?? ""), base = __v4(net), bits = __v4(mask);
  return ip !== null && base !== null && bits !== null && ((ip & bits) >>> 0) === ((base & bits) >>> 0);
}
function isInNetEx(host, prefix) {
  const [base, size] = String(prefix).split("/");
  const wanted = __bits(base);
  return wanted !== null && __addresses(host).some((ip) => {
    const bits = __bits(ip);
    return bits !== null && bits.length === wanted.length && bits.startsWith(wanted.slice(0, Number(size)));
  });
}
function __bits(ip) {
  const four = __v4(ip);
  if (four !== null) return four.toString(2).padStart(32, "0");
  const sides = String(ip).split("::");
  if (!__isIp(ip) || sides.length > 2) return null;
  const groups = sides.map((side) => (side ? side.split(":") : []));
  const missing = 8 - groups.reduce((sum, side) => sum + side.length, 0);
  const all = sides.length === 2 ? [...groups[0], ...Array(Math.max(0, missing)).fill("0"), ...groups[1]] : groups[0];
  return all.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}
function sortIpAddressList(list) {
  return String(list).split(";").map((ip) => ip.trim()).sort((a, b) => (__v4(a) === null ? 0 : 1) - (__v4(b) === null ? 0 : 1)).join(";");
}

function __now(args) {
  const isUtc = String(args[args.length - 1]).toUpperCase() === "GMT";
  const at = new Date();
  if (isUtc) args = args.slice(0, -1);
  const get = (name) => at["get" + (isUtc ? "UTC" : "") + name]();
  return [args, get];
}
function __between(from, value, to) { return from <= to ? from <= value && value <= to : value >= from || value <= to; }
const __DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const __MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
function weekdayRange(...given) {
  const [days, get] = __now(given);
  const [from, to] = [days[0], days[days.length - 1]].map((day) => __DAYS.indexOf(String(day).toUpperCase()));
  return from >= 0 && to >= 0 && __between(from, get("Day"), to);
}
function dateRange(...given) {
  const [parts, get] = __now(given);
  const place = (part) => (typeof part === "string" ? "Month" : part > 31 ? "FullYear" : "Date");
  const number = (part) => (typeof part === "string" ? __MONTHS.indexOf(part.toUpperCase()) : part);
  const order = ["FullYear", "Month", "Date"];
  const key = (list) => order.filter((one) => list.some((part) => place(part) === one))
    .reduce((sum, one) => sum * 100 + number(list.find((part) => place(part) === one)), 0);
  const now = (list) => order.filter((one) => list.some((part) => place(part) === one))
    .reduce((sum, one) => sum * 100 + get(one), 0);
  const isOne = parts.length === 1 || new Set(parts.map(place)).size === parts.length;
  const from = isOne ? parts : parts.slice(0, parts.length / 2), to = isOne ? parts : parts.slice(parts.length / 2);
  return __between(key(from), now(from), key(to));
}
function timeRange(...given) {
  const [parts, get] = __now(given);
  const now = get("Hours") * 3600 + get("Minutes") * 60 + get("Seconds");
  const seconds = (list) => list.reduce((sum, part, index) => sum + part * [3600, 60, 1][index], 0);
  if (parts.length === 1) return get("Hours") === parts[0];
  const half = parts.length / 2;
  return __between(seconds(parts.slice(0, half)), now, seconds(parts.slice(half)) - (half < 3 ? 1 : 0));
}
function alert() {}
