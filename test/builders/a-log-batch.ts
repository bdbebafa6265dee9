/** Batches of log events, and who keeps their groups. */
import type { LogGroups } from '../../src/store/logs/log-groups.ts'
import type { LogEvent, LogQuery, LogStore, NewLogBatch } from '../../src/store/logs/log-store.ts'

export const aLogBatch = (given: Partial<NewLogBatch> = {}): NewLogBatch => ({
  groupId: 'g1',
  streamId: 's1',
  events: [{ timestamp: 1000, message: 'hello' }],
  ingestedAt: 2000,
  ...given,
})

/** Knows every group and stream, and encrypts nothing. */
export const anyLogGroups = (given: Partial<LogGroups> = {}): LogGroups => ({
  has: () => true,
  hasStream: () => true,
  hasBatch: () => false,
  presentKeyId: () => undefined,
  key: () => undefined,
  keyProblem: () => undefined,
  onSealed: async () => {},
  ...given,
})

/** Encrypts what comes to the group `g1`, with the key of this id, and has every key. */
export const keyedLogGroups = (presentKeyId?: string): LogGroups =>
  anyLogGroups({
    presentKeyId: (groupId) => (groupId === 'g1' ? presentKeyId : undefined),
    key: (_, keyId) => Buffer.alloc(32, keyId),
  })

export const readLog = async (store: LogStore, query: Partial<LogQuery> = {}): Promise<LogEvent[]> => {
  const events: LogEvent[] = []
  for await (const list of store.read({ groupId: 'g1', direction: 'forward', ...query })) events.push(...list)
  return events
}

export const messagesOf = (events: readonly LogEvent[]): string[] => events.map(({ message }) => message)
