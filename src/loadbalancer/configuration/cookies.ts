/** Cookies that load balancers set. Their values are hashes with a key of the installation: they tell nothing of targets. */
import { quoteWord } from './quote.ts'

/** `value`: a format. */
export const cookieLine = (name: string, value: string, seconds: number, attributes: string, test: string): string =>
  `http-after-response add-header Set-Cookie ${quoteWord(`${name}=${value}${lasting(seconds)}${attributes}`)} if ${test}`

export const lasting = (seconds: number): string => `; Expires=%[date(${seconds}),http_date]; Path=/`
