/**
 * Goal: no input, however wrong, is answered with anything but a modelled fault. Method: inputs made from the model, a thousand of
 * them, from a seed that the failure message names.
 */
import * as ecs from '@aws-sdk/client-ecs'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/kit/clock.ts'
import { SeededIds } from '../../../src/kit/ids.ts'
import { LineLog } from '../../../src/kit/log.ts'
import { CapacityIndex } from '../../../src/scheduler/capacity-index.ts'
import { loadedServices } from '../../../src/services/index.ts'
import { MemoryJournal } from '../../../src/store/journal/journal.ts'
import { Store } from '../../../src/store/store.ts'
import type { RowChange } from '../../../src/store/table.ts'
import { servicesDeps } from '../../services-deps.ts'
import { byTrust } from '../../../src/wire/authentication.ts'
import { Gateway } from '../../../src/wire/gateway.ts'
import type { WireRequest, WireResponse } from '../../../src/wire/protocol.ts'
import { Model } from '../../../src/wire/schema.ts'
import { SchemaInputs } from './schema-inputs.ts'
import { ACCOUNT, toyGateway } from './toy-server.ts'

const INPUTS = 1000
const SEED = Number(process.env['LONGSHORE_TEST_SEED'] ?? 20_261_121)

const operations = [...new Model(ecs).operations.values()]
const authenticator = byTrust({ account: ACCOUNT, region: 'us-east-1' })

const jsonCall = (operation: string, body: string): WireRequest => ({
  method: 'POST',
  url: '/',
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': `AmazonEC2ContainerServiceV20141113.${operation}`,
  },
  body: Buffer.from(body),
  sourceIp: '127.0.0.1',
})

const describeAnswer = (operation: string, body: string, { status, body: answer }: WireResponse): string =>
  `seed ${SEED}: ${operation} ${body}\n-> ${status} ${answer.toString()}`

/** The wire's own no to an input that does not fit its shape. */
const isRefusal = ({ status, body }: WireResponse): boolean =>
  status === 400 && /^\{"__type":"(SerializationException|InvalidParameterException)"/.test(body.toString())

describe('broken inputs', () => {
  it('are refused by the wire with a 4xx fault, every one', async () => {
    const accepting = Object.fromEntries(operations.map(({ name }) => [name, () => ({})]))
    const gateway = toyGateway({ ecs: accepting, authenticator })
    const inputs = new SchemaInputs(new SeededIds(SEED))
    const wrong: string[] = []
    const refusable = operations.filter(({ input }) => input.members.length > 0)
    for (let index = 0; index < INPUTS; index++) {
      const { name, input } = refusable[index % refusable.length]!
      const body = JSON.stringify(inputs.broken(input))
      const response = await gateway.handle(jsonCall(name, body))
      if (!isRefusal(response)) wrong.push(describeAnswer(name, body, response))
    }
    expect(wrong).toEqual([])
  })

  it('with bytes changed at random are refused or understood, never a failure', async () => {
    const accepting = Object.fromEntries(operations.map(({ name }) => [name, () => ({})]))
    const gateway = toyGateway({ ecs: accepting, authenticator })
    const ids = new SeededIds(SEED)
    const inputs = new SchemaInputs(ids)
    const wrong: string[] = []
    for (let index = 0; index < INPUTS; index++) {
      const { name, input } = operations[index % operations.length]!
      const request = jsonCall(name, JSON.stringify(inputs.fitting(input)))
      for (let change = 0; change < 3; change++) {
        request.body[Math.floor(ids.random() * request.body.length)] = Math.floor(ids.random() * 256)
      }
      const response = await gateway.handle(request)
      if (response.status !== 200 && !isRefusal(response))
        wrong.push(describeAnswer(name, request.body.toString('latin1'), response))
    }
    expect(wrong).toEqual([])
  })
})

/** The services as the server has them, with something in the store for inputs to hit. */
const aControlPlane = async (failures: string[]) => {
  const clock = new ManualClock()
  const store = await Store.open(new MemoryJournal(), (error) => {
    throw error
  })
  const ids = new SeededIds(SEED)
  const capacity = new CapacityIndex(ids)
  store.derive(['containerInstances', 'tasks'], ({ changes }) => {
    for (const { table, before, after } of changes as readonly RowChange<never>[]) {
      if (table === 'tasks') capacity.applyTask(before, after)
      else capacity.applyInstance(before, after)
    }
  })
  const services = await loadedServices(servicesDeps(store, { ids, capacity, clock }))
  const log = new LineLog({ clock, level: 'error', format: 'text', write: (line) => void failures.push(line) })
  const gateway = new Gateway({ services, authenticator, clock, ids, log, isChecking: true })
  const present = [
    ['CreateCluster', { clusterName: 'default' }],
    ['RegisterTaskDefinition', { family: 'a', containerDefinitions: [{ name: 'a', image: 'a', memory: 1 }] }],
    [
      'RegisterContainerInstance',
      { cluster: 'default', totalResources: [{ name: 'CPU', type: 'INTEGER', integerValue: 1024 }] },
    ],
  ] as const
  for (const [name, input] of present) await gateway.handle(jsonCall(name, JSON.stringify(input)))
  const implemented = services.find(({ name }) => name === 'ecs')?.operations ?? new Set<string>()
  return { gateway, implemented }
}

describe('arbitrary inputs of the right types', () => {
  it('are answered by every service operation with success or a modelled fault', async () => {
    const failures: string[] = []
    const wrong: string[] = []
    const { gateway, implemented } = await aControlPlane(failures)
    const handled = operations.filter(({ name }) => implemented.has(name))
    const inputs = new SchemaInputs(new SeededIds(SEED))
    for (let index = 0; index < INPUTS * 3; index++) {
      const { name, input } = handled[index % handled.length]!
      const body = JSON.stringify(inputs.fitting(input))
      const response = await gateway.handle(jsonCall(name, body))
      if (response.status >= 500) wrong.push(describeAnswer(name, body, response), ...failures)
    }
    expect(wrong).toEqual([])
  })
})
