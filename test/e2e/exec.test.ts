/**
 * Goal: a shell in a running container by the protocol of the Session Manager plugin, whatever the network, the control plane or the agent do
 * meanwhile, and the same by `longshore exec`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { CloudWatchLogsClient, CreateLogGroupCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DescribeTasksCommand, ECSClient, ExecuteCommandCommand, UpdateClusterCommand } from '@aws-sdk/client-ecs'
import { CreateAccessKeyCommand, CreateUserCommand, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { TerminateSessionCommand } from '@aws-sdk/client-ssm'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { SessionManagerClient } from '../fakes/session-manager-client.ts'
import { type ExecWorld, startExecWorld } from './exec-world.ts'
import { bin, until } from './longshore.ts'

let world: ExecWorld
let task: string

beforeAll(async () => {
  world = await startExecWorld()
  task = await world.runTask()
})

afterAll(() => world.stop())

/** Resolves with what was written after `from`, when it holds the text. */
const sees = async (client: SessionManagerClient, text: string, from = 0): Promise<string> => {
  await client.until(() => client.text.includes(text, from) || client.farewell !== undefined)
  expect(client.text.slice(from)).toContain(text)
  return client.text.slice(from)
}

const ended = async (client: SessionManagerClient): Promise<string> => {
  await client.until(() => client.farewell !== undefined)
  return client.farewell ?? ''
}

const settings = () => ({
  endpoint: world.longshore.endpoint,
  region: 'us-east-1',
  credentials: world.credentials,
})

describe('a session of the Session Manager plugin', () => {
  it('is a shell on a terminal that has the size of the window and hears Ctrl-C', async () => {
    const client = await world.open(task, '/bin/sh')
    await sees(client, '# ')
    // Docker before version 23 sets the size a moment after the program has begun.
    await until('the first size', () => {
      client.press('stty size\r')
      return client.text.includes('100 300')
    })
    client.size = { cols: 81, rows: 25 }
    await until('the new size', () => {
      client.press('stty size\r')
      return client.text.includes('25 81')
    })
    client.press('sleep 4321\r')
    await until('the program', () => world.processes(task).includes('sleep 4321'))
    client.press('\u0003')
    await until('its end', () => !world.processes(task).includes('sleep 4321'))
    client.press('exit\r')
    expect(await ended(client)).toMatch(/^Exiting session with sessionId: /)
  })

  it('gets all that is written, once and in order, over a bad network', async () => {
    let count = 0
    let kept: Buffer | undefined
    /** Of each ten frames one is lost, one comes twice, and one comes after the next. */
    const faults = (_direction: string, frame: Buffer): readonly Buffer[] => {
      const late = kept === undefined ? [] : [kept]
      kept = undefined
      switch (++count % 10) {
        case 3:
          return late
        case 5:
          return [frame, frame, ...late]
        case 7:
          kept = frame
          return late
        default:
          return [frame, ...late]
      }
    }
    const client = await world.open(task, 'seq 1 20000', { faults })
    await ended(client)
    const lines = client.text.split('\r\n').filter((line) => line !== '')
    expect(lines).toEqual(Array.from({ length: 20_000 }, (_, index) => String(index + 1)))
  })

  it('is in the container that is named', async () => {
    const session = await world.execute(task, 'hostname', 'side')
    expect(session.streamUrl).toContain('/v1/data-channel/')
    const { stdout } = await world.run(['exec', task, 'side', '--', 'sh', '-c', 'echo $ECS_CONTAINER_METADATA_URI_V4'])
    const other = await world.run(['exec', task, 'main', '--', 'sh', '-c', 'echo $ECS_CONTAINER_METADATA_URI_V4'])
    expect(stdout).not.toBe(other.stdout)
  })

  it('is one of two at once in a container, and not of three', async () => {
    const [first, second] = [await world.open(task, '/bin/sh'), await world.open(task, '/bin/sh')]
    await Promise.all([sees(first, '# '), sees(second, '# ')])
    const third = await world.open(task, '/bin/sh')
    expect(await ended(third)).toContain('The container has 2 sessions already')
    first.press('echo first-$((40+2))\r')
    second.press('echo second-$((40+2))\r')
    await Promise.all([sees(first, 'first-42'), sees(second, 'second-42')])
    for (const client of [first, second]) client.press('exit\r')
    await Promise.all([ended(first), ended(second)])
  })

  it('goes on in the same shell after the control plane was killed', async () => {
    const client = await world.open(task, '/bin/sh')
    await sees(client, '# ')
    client.press('remembered=$((40+2))\r')
    world.longshore.kill('server')
    await until('the client to be back', () => client.connections > 1)
    client.press('echo it is $remembered\r')
    await sees(client, 'it is 42')
    client.press('exit\r')
    expect(await ended(client)).toMatch(/^Exiting session/)
  })

  it('ends by TerminateSession, with what runs in it', async () => {
    const session = await world.execute(task, 'sleep 4322')
    const { SessionManagerClient: Client } = await import('../fakes/session-manager-client.ts')
    const client = await new Client({ session }).open()
    await until('the program', () => world.processes(task).includes('sleep 4322'))
    await world.ssm.send(new TerminateSessionCommand({ SessionId: session.sessionId }))
    expect(await ended(client)).not.toBe('')
    await until('its end', () => !world.processes(task).includes('sleep 4322'))
  })

  it('is encrypted from end to end with the key of the cluster', async () => {
    const kms = new KMSClient(settings())
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}))
    await configureExec({ kmsKeyId: KeyMetadata?.Arn, logging: 'NONE' })
    const { stdout, stderr, exitCode } = await world.run(['exec', task, 'main', '--', 'cat'], 'secret')
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: 'secret',
      stderr: 'This session is encrypted using AWS KMS.\n',
      exitCode: 0,
    })
    await configureExec({ logging: 'DEFAULT' })
    kms.destroy()
  })

  it('leaves a transcript in the log group of the cluster', async () => {
    const logs = new CloudWatchLogsClient(settings())
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'transcripts' }))
    await configureExec({ logging: 'OVERRIDE', logConfiguration: { cloudWatchLogGroupName: 'transcripts' } })
    const session = await world.execute(task, 'echo for the record')
    const { SessionManagerClient: Client } = await import('../fakes/session-manager-client.ts')
    const client = await new Client({ session }).open()
    await ended(client)
    const logStreamName = session.sessionId
    const events = await until('the transcript', async () => {
      const page = await logs
        .send(new GetLogEventsCommand({ logGroupName: 'transcripts', logStreamName }))
        .catch(() => undefined)
      return page?.events?.length ? page.events : undefined
    })
    expect(events.map(({ message }) => message)).toEqual(['for the record'])
    await configureExec({ logging: 'DEFAULT' })
    logs.destroy()
  })

  it('is for those alone who may', async () => {
    await world.iam.send(new CreateUserCommand({ UserName: 'guest' }))
    const { AccessKey } = await world.iam.send(new CreateAccessKeyCommand({ UserName: 'guest' }))
    const { AccessKeyId: accessKeyId = '', SecretAccessKey: secretAccessKey = '' } = AccessKey ?? {}
    const guest = new ECSClient({ ...settings(), credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 })
    const call = new ExecuteCommandCommand({ task, container: 'main', command: 'ls', interactive: true })
    await expect(guest.send(call)).rejects.toMatchObject({ name: 'AccessDeniedException' })
    const Statement = [{ Effect: 'Allow', Action: 'ecs:ExecuteCommand', Resource: '*' }]
    const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement })
    await world.iam.send(new PutUserPolicyCommand({ UserName: 'guest', PolicyName: 'may', PolicyDocument }))
    expect((await guest.send(call)).session?.tokenValue).toBeTruthy()
    guest.destroy()
  })

  it('ends in order where its agent is stopped', async () => {
    const client = await world.open(task, 'sleep 4325')
    await until('the program', () => world.processes(task).includes('sleep 4325'))
    await world.host.endAgent()
    expect(await ended(client)).toContain('The container agent is stopping.')
    await until('its end', () => !world.processes(task).includes('sleep 4325'))
    await world.host.restore()
    const { client: ecs } = world.longshore
    const session = () =>
      ecs.send(new ExecuteCommandCommand({ task, container: 'main', command: 'ls', interactive: true }))
    expect(await until('the agent to be back', () => session().catch(() => undefined))).toBeDefined()
  })

  it('ends with a sentence where its agent is killed, and nothing of it runs on', async () => {
    const client = await world.open(task, 'sleep 4323')
    await until('the program', () => world.processes(task).includes('sleep 4323'))
    await world.host.loseAgent()
    expect(await ended(client)).toMatch(/agent/)
    await world.host.restore()
    await until('the end of what was left', () => !world.processes(task).includes('sleep 4323'))
    await until('the agent to be told of again', async () => {
      const { tasks: [current] = [] } = await world.longshore.client.send(new DescribeTasksCommand({ tasks: [task] }))
      const reasons = current?.containers?.map(({ managedAgents = [] }) => managedAgents[0]?.reason)
      return reasons?.every((reason) => reason === 'ExecuteCommandAgent restarted')
    })
  })
})

describe('aws ecs execute-command', () => {
  it('finds its plugin, gives it the session and shows what it shows', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'plugin-'))
    const plugin = path.join(directory, 'session-manager-plugin')
    const root = path.join(import.meta.dirname, '..', '..')
    const script = path.join(import.meta.dirname, 'session-manager-plugin.ts')
    writeFileSync(plugin, `#!/bin/sh\nexec ${root}/scripts/node --disable-warning=ExperimentalWarning ${script} "$@"\n`)
    chmodSync(plugin, 0o755)
    const request = ['--task', task, '--container', 'main', '--interactive', '--command', 'echo by the CLI']
    const args = ['--endpoint-url', world.longshore.endpoint, 'ecs', 'execute-command', ...request]
    const env = { ...world.env, PATH: `${directory}:${process.env['PATH']}` }
    const { status, stdout, stderr } = spawnSync('/usr/bin/aws', args, { encoding: 'utf8', env })
    rmSync(directory, { recursive: true })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect(stdout).toContain(`StartSession us-east-1 - {"Target": "ecs:default_${task.split('/').at(-1)}_`)
    expect(stdout).toContain('by the CLI\r\n')
    expect(stdout).toContain('Exiting session with sessionId: ecs-execute-command-')
  })
})

describe('longshore exec', () => {
  it('has the streams and the exit code of the command', async () => {
    const { exitCode, stdout, stderr } = await world.run([
      'exec',
      idOf(task).slice(0, 12),
      'main',
      '--',
      'sh',
      '-c',
      "echo it\\'s; echo err >&2; exit 7",
    ])
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 7, stdout: "it's\n", stderr: 'err\n' })
    expect((await world.run(['exec', task, 'main', '--', '/no/such/program'])).exitCode).toBe(126)
  })

  it('pipes its input through the command, and megabytes of output out of it', async () => {
    const piped = await world.run(['exec', task, 'main', '--', 'cat'], 'x\n')
    expect(piped).toMatchObject({ exitCode: 0, stdout: 'x\n' })
    const bytes = 50_000_000
    const whole = await world.run(['exec', task, 'main', '--', 'sh', '-c', `yes 0123456789 | head -c ${bytes}`])
    const expected = Buffer.alloc(bytes, '0123456789\n')
    expect(whole).toMatchObject({ exitCode: 0, bytes, sha256: createHash('sha256').update(expected).digest('hex') })
  })

  it('says what is wrong in a sentence', async () => {
    const words = async (...args: string[]) => (await world.run(['exec', ...args])).stderr
    expect(await words()).toContain('Which task?')
    expect(await words('nothing', '--', 'ls')).toContain('has no task or service "nothing"')
    expect(await words(task, '--', 'ls')).toContain('Which container? The task has main, side')
    expect(await words(task, 'other', '--', 'ls')).toContain('no container "other". It has main, side.')
    expect(await words(task, 'main', '-t', '--', 'ls')).toContain('--tty needs a terminal')
    expect((await world.run(['exec', '--help'])).stdout).toContain('-t, --tty')
  })

  it('gives the command this terminal, and puts it right again', async () => {
    // As above; the shell of this command expands nothing within the quotes.
    const script = 'for i in $(seq 300); do stty size | grep "33 99" && break; sleep 0.1; done; exit 9'
    const command = `stty rows 33 cols 99; ${bin} exec ${task} main -- sh -c '${script}'; echo code $?; stty -a`
    const child = spawn('script', ['-qec', command, '/dev/null'], {
      env: world.env,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    await once(child, 'close')
    expect(said).toMatch(/33 99\r+\n/)
    expect(said).toContain('code 9')
    expect(said).toMatch(/[^-]icanon/)
    expect(said).toMatch(/ echo /)
  })

  it('comes back to its command when the control plane was killed', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do echo line $i; sleep 0.5; done'
    const running = world.run(['exec', task, 'main', '--', 'sh', '-c', script])
    await until('the program', () => world.processes(task).includes('sleep 0.5'))
    world.longshore.kill('server')
    const { exitCode, stdout, stderr } = await running
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stderr: '',
      stdout: [1, 2, 3, 4, 5, 6, 7, 8].map((number) => `line ${number}\n`).join(''),
    })
  })

  it('ends with the container, and says so', async () => {
    const short = await world.runTask()
    const running = world.run(['exec', short, 'main', '--', 'sleep', '4324'])
    await until('the program', () => world.processes(short).includes('sleep 4324'))
    const { StopTaskCommand } = await import('@aws-sdk/client-ecs')
    await world.longshore.client.send(new StopTaskCommand({ task: short }))
    expect((await running).exitCode).not.toBe(0)
    expect((await world.run(['exec', short, 'main', '--', 'ls'])).stderr).toMatch(/does not run|isn't running/)
  })
})

const idOf = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1)

const configureExec = (executeCommandConfiguration: object) =>
  world.longshore.client.send(
    new UpdateClusterCommand({ cluster: 'default', configuration: { executeCommandConfiguration } }),
  )
