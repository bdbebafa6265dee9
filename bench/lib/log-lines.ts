/** Lines to log: half like the access log of a web server, half JSON; what is rare is where it always is. */

const PATHS = ['/', '/api/v1/users', '/api/v1/orders', '/static/app.js', '/health', '/login']
const RARE_EVERY = 1_000_000
/** In one line of a million. */
export const RARE_WORD = 'segfault'

const below = (limit: number): number => Math.floor(Math.random() * limit)

export class LogLines {
  #written = 0

  next(): string {
    const number = ++this.#written
    return number % 2 === 0 ? accessLine(number % RARE_EVERY === 0) : jsonLine(number % (RARE_EVERY / 10) === 1)
  }

  batch(count: number, timestamp: number): { timestamp: number; message: string }[] {
    return Array.from({ length: count }, () => ({ timestamp, message: this.next() }))
  }
}

const accessLine = (isRare: boolean): string => {
  const what = isRare ? RARE_WORD : PATHS[below(PATHS.length)]!
  const address = `10.${below(256)}.${below(256)}.${below(256)}`
  return `${address} - - "GET ${what}/${below(100_000)} HTTP/1.1" ${below(5) === 0 ? 404 : 200} ${below(50_000)} "-" "Mozilla/5.0 (X11; Linux x86_64)" rt=0.${below(1000)}`
}

const jsonLine = (isRare: boolean): string =>
  JSON.stringify({
    level: isRare ? 'ERROR' : 'INFO',
    message: 'request done',
    path: PATHS[below(PATHS.length)],
    order: below(1_000_000),
    latency: below(1000),
  })
