import { describe, expect, it } from 'vitest'
import { aPayloadContainer } from '../../../test/builders/a-payload-task.ts'
import { aLogRouter, aLogSecret, aRoutedContainer } from '../../../test/builders/a-routed-task.ts'
import type { PayloadContainer, PayloadSecret } from '../../agentlink/acs-messages.ts'
import { routedOptions, routeLogs, routerUser } from './log-routing.ts'

const APP = aRoutedContainer({ Name: 'stdout' })
const ON_ROUTER = [{ containerName: 'log_router', condition: 'START' }]

const dependenciesOf = (...containers: readonly PayloadContainer[]) =>
  routeLogs(containers).map(({ dependsOn }) => dependsOn)

describe('a container whose logs are routed', () => {
  it('starts after the router', () => {
    expect(dependenciesOf(APP, aLogRouter())).toEqual([ON_ROUTER, undefined])
  })

  it('keeps what it waits for besides', () => {
    const dependsOn = [{ containerName: 'database', condition: 'HEALTHY' as const }]
    expect(dependenciesOf({ ...APP, dependsOn }, aLogRouter())[0]).toEqual([...dependsOn, ...ON_ROUTER])
  })

  it('waits for the router as the task says, where it says so', () => {
    const dependsOn = [{ containerName: 'log_router', condition: 'HEALTHY' as const }]
    expect(dependenciesOf({ ...APP, dependsOn }, aLogRouter())[0]).toBe(dependsOn)
  })

  it.each<[string, Partial<PayloadContainer>]>([
    ['depends on', { dependsOn: [{ containerName: 'app', condition: 'START' }] }],
    ['is linked to', { links: ['app'] }],
    ['mounts volumes from', { volumesFrom: [{ sourceContainer: 'app', readOnly: true }] }],
  ])('does not wait for a router that %s others', (_how, members) => {
    expect(dependenciesOf(APP, aLogRouter({ type: 'fluentbit' }, members))[0]).toBeUndefined()
  })

  it('leaves its secret options to the router, and keeps the others', () => {
    const own: PayloadSecret = { ...aLogSecret('PASSWORD'), type: 'ENVIRONMENT_VARIABLE', target: 'CONTAINER' }
    const [app, router] = routeLogs([{ ...APP, secrets: [own, aLogSecret('apikey')] }, aLogRouter()])
    expect(app?.secrets).toEqual([own])
    expect(app && routedOptions(app)).toEqual({ Name: 'stdout', apikey: '${apikey_0}' })
    expect(router?.secrets).toEqual([
      { ...aLogSecret('apikey'), name: 'apikey_0', type: 'ENVIRONMENT_VARIABLE', target: 'CONTAINER' },
    ])
  })

  it('has settings of Docker besides, which stay', () => {
    const [app] = routeLogs([{ ...APP, secrets: [aLogSecret('apikey')] }, aLogRouter()])
    expect(JSON.parse(app?.dockerConfig.hostConfig ?? '')).toMatchObject({ NetworkMode: 'bridge' })
  })
})

describe('routing leaves alone', () => {
  it('tasks without a router, and containers with other log drivers', () => {
    const other = aPayloadContainer({ name: 'other', secrets: [aLogSecret('splunk-token')] })
    const broken = aPayloadContainer({ name: 'broken', dockerConfig: { hostConfig: '{' } })
    const containers = [APP, other]
    expect(routeLogs(containers)).toBe(containers)
    const [, ...rest] = routeLogs([APP, other, broken, aLogRouter()])
    expect(rest).toEqual([other, broken, aLogRouter()])
  })
})

describe('the user of a router', () => {
  const userOf = (User?: string) =>
    routerUser(aLogRouter(undefined, { dockerConfig: { config: JSON.stringify({ User }) } }))

  it('is known by number', () => {
    expect(userOf()).toEqual([0])
    expect(userOf('0')).toEqual([0])
    expect(userOf('1000:100')).toEqual([1000, 100])
    expect(() => userOf('fluent')).toThrow('the user of a log router is a number here, not "fluent"')
  })
})
