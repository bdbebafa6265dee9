/** What `@ptr` of a query's result is: it names an event, to the account and region whose query found it. */
import type { LogPosition } from '../../store/logs/log-store.ts'
import type { PageTokens } from '../../wire/page-tokens.ts'

export interface RecordPointer extends LogPosition {
  readonly groupId: string
}

interface Owner {
  readonly account: string
  readonly region: string
}

const scopeOf = ({ account, region }: Owner): string => `${account}/${region}/GetLogRecord`

export const sealPointer = (
  tokens: PageTokens,
  owner: Owner,
  { groupId, timestamp, sequence }: RecordPointer,
): string => tokens.seal(scopeOf(owner), `${timestamp}/${sequence}/${groupId}`)

/** Undefined for what is no pointer, or somebody else's. */
export const openPointer = (tokens: PageTokens, owner: Owner, text: string): RecordPointer | undefined => {
  const [timestamp, sequence, groupId] = tokens.open(scopeOf(owner), text)?.split('/') ?? []
  if (groupId === undefined) return undefined
  return { groupId, timestamp: Number(timestamp), sequence: Number(sequence) }
}
