/**
 * A process that appends to a log store until it is killed, and says of each batch when it was acknowledged: one line with its number.
 * Arguments: the directory, the first number, and the key of the group `g1`, if it has one.
 */
import { FileLogStore } from '../../src/store/logs/file-log-store.ts'
import { silentLog } from '../../src/kit/log.ts'
import { keyedLogGroups } from '../builders/a-log-batch.ts'

const WRITERS = 4
const PADDING = 'x'.repeat(400)

const [directory = '', first = '0', keyId] = process.argv.slice(2)
const groups = keyedLogGroups(keyId)
const store = await FileLogStore.open({ directory, groups, log: silentLog, journalFileBytes: 300_000 })
let number = Number(first)

const write = async (writer: number): Promise<never> => {
  for (;;) {
    const batch = number++
    const events = Array.from({ length: 1 + (batch % 50) }, (_, index) => ({
      timestamp: 1_000_000 + batch,
      message: `${batch}/${index} ${PADDING}`,
    }))
    await store.append({ groupId: `g${batch % 2}`, streamId: `s${writer}`, events, ingestedAt: 0 })
    process.stdout.write(`${batch}\n`)
  }
}
await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(writer)))
