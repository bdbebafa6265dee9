/**
 * Client tokens: the first answer again for an equal request with the same token, a fault for a different one, both within the
 * transaction that would do the work. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/ECS_Idempotency.html
 */
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import { dateOf } from '../kit/timestamps.ts'
import { CLIENT_TOKEN_RETENTION_MS } from '../model/limits.ts'
import type { Transaction } from '../store/tables.ts'
import { Described } from '../wire/described.ts'
import { Fault } from '../wire/fault.ts'

export interface TokenUse {
  readonly tx: Transaction
  /** The token within everything that keeps tokens apart. */
  readonly key: string
  readonly now: number
  readonly input: object
  readonly perform: () => object
  readonly conflict: ((input: object, answer: object) => Fault) | undefined
  readonly kept: KeptAnswer | undefined
}

/**
 * How an answer is kept, where that is not the answer itself: one that is large and can be made again from what is stored. Clients'
 * libraries send a token with every call of such operations, and each token is kept for a day.
 */
export interface KeptAnswer {
  /** Plain JSON. */
  readonly of: (answer: object) => object
  readonly answer: (kept: object) => object
}

/** The whole answer, with its dates and bytes. */
const wholeAnswer: KeptAnswer = { of: (answer) => tagged(answer) as object, answer: (kept) => kept }

/** Performs the work unless the token was used within its retention. */
export const once = ({
  tx,
  key,
  now,
  input,
  perform,
  conflict = defaultConflict,
  kept = wholeAnswer,
}: TokenUse): object => {
  const requestHash = createHash('sha256').update(canonicalText(input)).digest('hex')
  const earlier = tx.clientTokens.get(key)
  if (earlier === undefined || earlier.createdAt <= now - CLIENT_TOKEN_RETENTION_MS) {
    const output = perform()
    tx.clientTokens.put({ key, requestHash, response: JSON.stringify(kept.of(output)), createdAt: now })
    return output
  }
  const answer = kept.answer(thaw(earlier.response))
  if (earlier.requestHash !== requestHash) throw conflict(input, answer)
  return answer
}

const defaultConflict = (): Fault =>
  new Fault({
    code: 'ConflictException',
    message: 'The client token was already used in a request with different parameters.',
  })

/** The same text for equal inputs, whatever the order of their members. */
const canonicalText = (input: object): string => JSON.stringify(tagged(input), sortMembers)

const sortMembers = (_name: string, value: unknown): unknown =>
  isPlainObject(value)
    ? Object.fromEntries(Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1)))
    : value

/**
 * Answers are kept as JSON, in which moments and bytes would lose their types: they are wrapped under these names. Names that clients
 * chose get another `$` in front, so that they cannot be taken for these.
 */
const DATE = '$date'
const BYTES = '$bytes'

const thaw = (text: string): object =>
  JSON.parse(text, (_name, value: unknown) => {
    if (!isPlainObject(value)) return value
    if (typeof value[DATE] === 'number') return dateOf(value[DATE])
    if (typeof value[BYTES] === 'string') return new Uint8Array(Buffer.from(value[BYTES], 'base64'))
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [name.startsWith('$$') ? name.slice(1) : name, member]),
    )
  }) as object

/** The value with everything in it in a form that JSON gives back. */
const tagged = (value: unknown): unknown => {
  if (value instanceof Described) return tagged(value.value())
  if (value instanceof Uint8Array) return { [BYTES]: Buffer.from(value).toString('base64') }
  if (Array.isArray(value)) return value.map(tagged)
  if (isDate(value)) return { [DATE]: value.getTime() }
  if (!isPlainObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name.startsWith('$') ? `$${name}` : name, tagged(member)]),
  )
}

const isDate = (value: unknown): value is { getTime(): number } =>
  Object.prototype.toString.call(value) === '[object Date]'

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
