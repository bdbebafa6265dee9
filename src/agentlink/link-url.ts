/** Addresses of the two websockets. */

/** `<endpoint>/ws?<query>`: a path of the endpoint is kept, members are sorted, a space is `%20` as a signature counts it. */
export const linkUrl = (endpoint: string, query: Readonly<Record<string, string>>): string => {
  const members = Object.keys(query)
    .toSorted()
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name] ?? '')}`)
  return `${endpoint.replace(/\/+$/, '')}/ws?${members.join('&')}`
}

/** The same address for a websocket: `http:` becomes `ws:`, `https:` becomes `wss:`. */
export const socketUrl = (url: string): string => url.replace(/^http/, 'ws')
