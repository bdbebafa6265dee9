/**
 * RunTask and RegisterTaskDefinition per second, each answered when it is on disk (full sync), through the whole gateway with signatures
 * verified, against what SQLite commits one by one of rows of the same size on the same disk.
 */
import path from 'node:path'
import { aSealer } from '../test/services-deps.ts'
import { DatabaseSync } from 'node:sqlite'
import { SystemClock } from '../src/kit/clock.ts'
import { SystemIds } from '../src/kit/ids.ts'
import { silentLog } from '../src/kit/log.ts'
import { signRequest } from '../src/model/signature-v4.ts'
import { bootstrap } from '../src/roles/bootstrap.ts'
import { ControlPlane } from '../src/roles/control-plane.ts'
import { SqliteJournal } from '../src/store/journal/sqlite.ts'
import { Store } from '../src/store/store.ts'
import { aContainerInstance } from '../test/builders/a-container-instance.ts'
import { comparePairs, rateOf } from './lib/compare.ts'
import { report } from './lib/report.ts'
import { scratchDirectory } from './lib/scratch.ts'
import { passingStores } from '../test/passing-stores.ts'

const CALLERS = 64
const CALLS = 6400
const SINGLE_COMMITS = 1000
const INSTANCES = 1000
const ENDPOINT = 'http://127.0.0.1:4566'

const directory = scratchDirectory()
const [clock, ids, account, region] = [new SystemClock(), new SystemIds(), '000000000000', 'us-east-1']
const store = await Store.open(SqliteJournal.open(path.join(directory, 'ours')), (error) => {
  throw error
})
const { keys, rootAccessKey } = await bootstrap({
  store,
  clock,
  ids,
  sealer: aSealer(),
  account,
  region,
  cluster: 'default',
})
await store.transact((tx) => {
  for (let number = 0; number < INSTANCES; number++) {
    tx.containerInstances.insert(aContainerInstance({ containerInstanceId: ids.hex32() }))
  }
})
const controlPlane = new ControlPlane({
  ...passingStores(clock),
  store,
  clock,
  ids,
  log: silentLog,
  account,
  region,
  isDev: false,
  endpoint: ENDPOINT,
  keys,
})

const signed = (operation: string, input: object) => {
  const body = Buffer.from(JSON.stringify(input))
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
  }
  const url = new URL(`${ENDPOINT}/`)
  const credentials = rootAccessKey
  return {
    method: 'POST',
    url: '/',
    headers: signRequest({ method: 'POST', url, headers, body, region, service: 'ecs', credentials, now: clock.now() }),
    body,
    sourceIp: '127.0.0.1',
  }
}

const perSecond = (operation: string, input: object) => async (): Promise<number> => {
  const requests = Array.from({ length: CALLS }, () => signed(operation, input))
  let next = 0
  const call = async (): Promise<void> => {
    for (let request = requests[next++]; request !== undefined; request = requests[next++]) {
      const { status, body } = await controlPlane.gateway.handle(request)
      if (status !== 200) throw new Error(body.toString())
    }
  }
  return rateOf(CALLS, () => Promise.all(Array.from({ length: CALLERS }, call)))
}

const rival = new DatabaseSync(path.join(directory, 'rival.sqlite'))
rival.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id INTEGER PRIMARY KEY, row TEXT)')
const insert = rival.prepare('INSERT INTO rows (row) VALUES (?)')

/** One row, one commit, one sync. */
const singleCommits = (row: string) => () =>
  rateOf(SINGLE_COMMITS, () => {
    for (let number = 0; number < SINGLE_COMMITS; number++) insert.run(row)
  })

const definition = {
  family: 'web',
  containerDefinitions: [{ name: 'web', image: 'web:1', memory: 6, portMappings: [{ containerPort: 80 }] }],
}
const rows = () => [...store.tables.tasks.rows()].at(-1) ?? {}

await perSecond('RegisterTaskDefinition', definition)()
await perSecond('RunTask', { taskDefinition: 'web' })()
const common = { unit: 'calls/s', rivalName: 'SQLite, one commit per row', goal: { atLeast: 2 } }
report([
  await comparePairs({
    ...common,
    question: `RunTask, ${CALLERS} callers, durable`,
    ours: perSecond('RunTask', { taskDefinition: 'web' }),
    rival: singleCommits(JSON.stringify(rows())),
  }),
  await comparePairs({
    ...common,
    question: `RegisterTaskDefinition, ${CALLERS} callers, durable`,
    ours: perSecond('RegisterTaskDefinition', definition),
    rival: singleCommits(JSON.stringify([...store.tables.taskDefinitions.rows()].at(-1))),
  }),
])
await controlPlane.stop()
await store.close()
