/** Goal: `longshore logs` shows what the containers of tasks and services write, once, in order, and on as tasks come and go. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateServiceCommand,
  DeleteServiceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExecWorld, startExecWorld } from './exec-world.ts'
import { answering, bin, until } from './longshore.ts'

let world: ExecWorld

const awslogs = (prefix: string) => ({
  logDriver: 'awslogs' as const,
  options: { 'awslogs-group': 'lines', 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': prefix },
})

const register = async (family: string, script: string) => {
  const web = { image: world.image, memory: 64, stopTimeout: 1 }
  await world.longshore.client.send(
    new RegisterTaskDefinitionCommand({
      family,
      containerDefinitions: [
        { ...web, name: 'web', command: ['sh', '-c', script], logConfiguration: awslogs('one') },
        { ...web, name: 'side', command: ['sh', '-c', 'echo side; sleep 600'], logConfiguration: awslogs('two') },
        { ...web, name: 'local', command: ['sleep', '600'], logConfiguration: { logDriver: 'json-file' } },
      ],
    }),
  )
}

const following = new Set<ChildProcess>()

/** `longshore logs` that goes on until it is told to end. */
const follow = (...args: string[]) => {
  const child = spawn(bin, ['logs', ...args, '--follow'], { env: world.env, stdio: ['ignore', 'pipe', 'pipe'] })
  following.add(child)
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()))
  const ended = once(child, 'close') as Promise<[number | null]>
  return { stdout: () => stdout, stderr: () => stderr, end: () => child.kill('SIGINT'), ended }
}

const linesOf = (text: string): string[] => text.split('\n').filter((line) => line !== '')

beforeAll(async () => {
  world = await startExecWorld()
  const { credentials, longshore } = world
  const logs = new CloudWatchLogsClient({ endpoint: longshore.endpoint, region: 'us-east-1', credentials })
  await logs.send(new CreateLogGroupCommand({ logGroupName: 'lines' }))
  logs.destroy()
})

afterAll(async () => {
  for (const child of following) child.kill('SIGKILL')
  await world.stop()
})

describe('longshore logs TASK', () => {
  let task: string

  beforeAll(async () => {
    await register('counts', 'for i in 1 2 3 4 5; do echo line $i; sleep 0.1; done; echo last ERROR; sleep 600')
    const { tasks = [] } = await world.longshore.client.send(new RunTaskCommand({ taskDefinition: 'counts' }))
    task = tasks[0]?.taskArn?.split('/').at(-1) ?? ''
    await until('all lines', async () => {
      const { stdout } = await world.run(['logs', task])
      return stdout.includes('last ERROR') && stdout.includes('side')
    })
  })

  it('shows each line of its containers once, under their names, and says what cannot be shown', async () => {
    const { stdout, stderr, exitCode } = await world.run(['logs', task])
    const id = task.slice(-8)
    const lines = [1, 2, 3, 4, 5].map((number) => `${id}/web  | line ${number}`)
    expect(linesOf(stdout).filter((line) => line.includes('web'))).toEqual([...lines, `${id}/web  | last ERROR`])
    expect(linesOf(stdout)).toContain(`${id}/side | side`)
    expect(stderr).toMatch(
      /^Container local: the log driver json-file keeps its lines on the container instance, .*\n$/,
    )
    expect(exitCode).toBe(0)
  })

  it('shows one container, the last lines, those that match, those since a time, and JSON', async () => {
    const shown = async (...args: string[]) => linesOf((await world.run(['logs', task, 'web', ...args])).stdout)
    const head = `${task.slice(-8)}/web |`
    expect(await shown('--tail', '2')).toEqual([`${head} line 5`, `${head} last ERROR`])
    expect(await shown('--filter', 'ERROR')).toEqual([`${head} last ERROR`])
    expect(await shown('--since', '1h', '--filter', 'line')).toHaveLength(5)
    expect(await shown('--since', '2999-01-01T00:00:00Z')).toEqual([])
    const [json = ''] = await shown('--json', '--tail', '1')
    expect(JSON.parse(json)).toMatchObject({ task, container: 'web', message: 'last ERROR' })
    expect((await shown('--timestamps', '--tail', '1'))[0]).toMatch(/\| \d{4}-\d\d-\d\dT[\d:.]+Z last ERROR$/)
  })

  it('says what is wrong in a sentence', async () => {
    const words = async (...args: string[]) => (await world.run(['logs', ...args])).stderr
    expect(await words()).toContain('Whose logs?')
    expect(await words('nothing')).toContain('has no task or service "nothing"')
    expect(await words(task, 'other')).toContain('no container "other". It has')
    expect(await words(task, '--since', 'yesterday')).toContain('--since is "yesterday"')
    expect(await words(task, '--filter', '{ $.a')).not.toBe('')
  })

  it('ends quietly when its reader does', async () => {
    const script = `${bin} logs ${task} -f 2>&1 | head -n 1; echo done`
    const child = spawn('sh', ['-c', script], { env: world.env, stdio: ['ignore', 'pipe', 'inherit'] })
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    await once(child, 'close')
    expect(linesOf(said)).toEqual([expect.any(String) as string, 'done'])
  })

  it('follows until Ctrl-C, or until the task has stopped and all was read', async () => {
    const [interrupted, patient] = [follow(task), follow(task, 'web')]
    await until('the lines', () => interrupted.stdout().includes('last ERROR'))
    interrupted.end()
    expect(await interrupted.ended).toEqual([0, null])
    await world.longshore.client.send(new StopTaskCommand({ task, reason: 'enough' }))
    expect(await patient.ended).toEqual([0, null])
    expect(patient.stderr()).toContain('has stopped: ')
    expect(linesOf(patient.stdout())).toHaveLength(6)
  })
})

describe('longshore logs SERVICE --follow', () => {
  it('goes on while tasks come and go, and after the control plane was killed', async () => {
    const { client } = world.longshore
    await register('first', 'i=0; while :; do i=$((i+1)); echo first $i; sleep 0.2; done')
    await client.send(new CreateServiceCommand({ serviceName: 'shop', taskDefinition: 'first', desiredCount: 2 }))
    const shop = follow('shop', 'web')
    await until('two tasks', () => new Set(shop.stdout().match(/^\S+\/web/gm)).size === 2)
    world.longshore.kill('server')
    await answering(world.longshore)
    const before = linesOf(shop.stdout()).length
    await until('more lines', () => linesOf(shop.stdout()).length > before + 20)
    await register('second', 'echo second; sleep 600')
    await client.send(new UpdateServiceCommand({ service: 'shop', taskDefinition: 'second' }))
    await until('lines of the next tasks', () => (shop.stdout().match(/\| second$/gm) ?? []).length === 2)
    const gone = (): string[] => shop.stderr().match(/^Task \S+ (?:has stopped|goes)/gm) ?? []
    // The service gives new tasks a while to prove themselves before it stops the old ones.
    await until('the end of the first', () => gone().length >= 2, 90_000)
    expect(gone()).toHaveLength(2)
    shop.end()
    expect(await shop.ended).toEqual([0, null])
    const byTask = Map.groupBy(linesOf(shop.stdout()), (line) => line.split('/')[0])
    for (const lines of byTask.values()) {
      const numbers = lines.flatMap((line) => /first (\d+)$/.exec(line)?.[1] ?? []).map(Number)
      expect(numbers).toEqual(numbers.map((_, index) => index + 1))
    }
    await client.send(new DeleteServiceCommand({ service: 'shop', force: true }))
  })
})
