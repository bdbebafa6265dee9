/** `longshore explain`, as a user meets it: with verified signatures, without a service, with one that cannot start, and with a slip. */
import { CreateServiceCommand, ECSClient, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectedInstance, until } from '../longshore.ts'
import { aPlace, type Place, run } from './run.ts'

let place: Place
let client: ECSClient
beforeAll(async () => {
  place = aPlace()
  const { status, said } = run(['up', '--detach', '--port', '0', '--runtime', 'simulated'], place)
  if (status !== 0) throw new Error(said)
  const lines = run(['env'], place).stdout.trim().split('\n')
  const variables = new Map(lines.map((line) => line.replace('export ', '').split('=') as [string, string]))
  client = new ECSClient({
    endpoint: variables.get('AWS_ENDPOINT_URL') ?? '',
    region: variables.get('AWS_REGION') ?? '',
    credentials: {
      accessKeyId: variables.get('AWS_ACCESS_KEY_ID') ?? '',
      secretAccessKey: variables.get('AWS_SECRET_ACCESS_KEY') ?? '',
    },
  })
  await connectedInstance(client)
})
afterAll(() => {
  place.end()
  place.remove()
})

const createService = async (name: string, memory: number, dockerLabels = {}): Promise<void> => {
  const containerDefinitions = [{ name: 'app', image: 'any', memory, dockerLabels }]
  await client.send(new RegisterTaskDefinitionCommand({ family: name, containerDefinitions }))
  await client.send(new CreateServiceCommand({ serviceName: name, taskDefinition: name, desiredCount: 2 }))
}

const explain = (...args: string[]) => run(['explain', ...args], place)

/** The page, once it says that. */
const explained = (name: string, expected: RegExp): Promise<string> =>
  until(`${name} to be explained by ${expected}`, () => {
    const { stdout } = explain('service', name)
    return expected.test(stdout) && stdout
  })

describe('explain', () => {
  it('helps who does not know what to ask', async () => {
    expect(explain().said).toContain('Explain what? longshore explain service NAME')
    expect(explain('web').said).toContain('only services can: longshore explain service web')
    expect(explain('service').said).toContain('Which service? It has no services at all')
    await createService('web', 64)
    expect(explain('service', 'wbe')).toMatchObject({ status: 1, stdout: '' })
    expect(explain('service', 'wbe').said).toContain('no service "wbe" (is "web" meant?). Its services: web.')
    expect(explain('service', 'web', '--cluster', 'nowhere').said).toContain('There is no cluster "nowhere".')
  })

  it('says that all is well', async () => {
    await createService('well', 64)
    expect(await explained('well', /is steady/)).toMatch(
      /^well is steady since \S+Z \(\d+ s\): both tasks run\.\n\nDEPLOYMENT/,
    )
    expect(JSON.parse(explain('service', 'well', '--json').stdout)).toMatchObject({ isSteady: true, reasons: [] })
  })

  it('says why tasks are not placed, and why they do not start', async () => {
    await createService('large', 1_000_000)
    expect(await explained('large', /cannot be placed/)).toMatch(
      /^large wants 2 tasks and has 0 running\.\n- 2 tasks cannot be placed: 1 instance has too little memory/,
    )
    await createService('broken', 64, { 'longshore.simulated.fail-pull': 'no such image' })
    const page = await explained('broken', /keep failing to start/)
    expect(page).toContain('CannotPullContainerError: no such image')
    expect(page).toMatch(/The next attempt is\s+at \S+Z/)
    expect(Math.max(...page.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100)
  })
})
