/**
 * A whole control plane in a process of its own, over SQLite with full sync, with connected instances and a task definition to place:
 *
 *     node placement-server.ts <directory> <instances>
 *
 * Prints one JSON line, `PlacementServer`, when it takes requests. Ends when its input does.
 */
import { aSealer } from '../../test/services-deps.ts'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SystemClock } from '../../src/kit/clock.ts'
import { SystemIds } from '../../src/kit/ids.ts'
import { silentLog } from '../../src/kit/log.ts'
import { bootstrap } from '../../src/roles/bootstrap.ts'
import { ControlPlane } from '../../src/roles/control-plane.ts'
import { SqliteJournal } from '../../src/store/journal/sqlite.ts'
import { Store } from '../../src/store/store.ts'
import { configureServer } from '../../src/wire/listener.ts'
import { aContainerInstance } from '../../test/builders/a-container-instance.ts'
import { aContainerDefinition, aTaskDefinition } from '../../test/builders/a-task-definition.ts'
import { passingStores } from '../../test/passing-stores.ts'

export interface PlacementServer {
  readonly port: number
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const ZONES = 3
const [directory = '', instances = '0'] = process.argv.slice(2)
const [clock, ids, region, account] = [new SystemClock(), new SystemIds(), 'us-east-1', '000000000000']

const store = await Store.open(SqliteJournal.open(directory), (error) => {
  throw error
})
const installation = await bootstrap({ store, clock, ids, sealer: aSealer(), account, region, cluster: 'default' })
await store.transact((tx) => {
  for (let number = 0; number < Number(instances); number++) tx.containerInstances.insert(instance(number))
  const definition = tx.taskDefinitions.insert(
    aTaskDefinition({ containerDefinitions: [aContainerDefinition({ cpu: 16, memory: 32 })] }),
  )
  const familyArn = definition.taskDefinitionArn.slice(0, definition.taskDefinitionArn.lastIndexOf(':'))
  tx.taskDefinitionFamilies.insert({ familyArn, latestRevision: 1 })
})

function instance(number: number) {
  const zone = { name: 'ecs.availability-zone', value: `${region}${'abc'[number % ZONES]}` }
  const others = aContainerInstance().attributes.filter(({ name }) => name !== zone.name)
  return aContainerInstance({ containerInstanceId: ids.hex32(), attributes: [...others, zone] })
}

const server = createServer()
configureServer(server)
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
const { port } = server.address() as AddressInfo
const { keys, rootAccessKey } = installation
const controlPlane = new ControlPlane({
  ...passingStores(clock),
  store,
  clock,
  ids,
  log: silentLog,
  account,
  region,
  isDev: false,
  endpoint: `http://127.0.0.1:${port}`,
  keys,
})
server.on('request', controlPlane.listener)

const { accessKeyId, secretAccessKey } = rootAccessKey
console.log(JSON.stringify({ port, accessKeyId, secretAccessKey } satisfies PlacementServer))
process.stdin.on('end', () => process.exit(0)).resume()
