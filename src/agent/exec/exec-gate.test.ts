import { describe, expect, it } from 'vitest'
import { aTaskOf, anEngineContainer } from '../../../test/builders/an-engine-task.ts'
import { AgentDataChannel } from '../../../test/fakes/agent-data-channel.ts'
import type { AgentMessage } from '../../agentlink/acs-messages.ts'
import type { StartSessionMessage } from '../../agentlink/exec-messages.ts'
import type { LogDestination, TranscriptEvent } from '../../agentlink/session-api.ts'
import { ManualClock } from '../../kit/clock.ts'
import { SeededIds } from '../../kit/ids.ts'
import { silentLog } from '../../kit/log.ts'
import { encodeFrame } from '../../model/data-channel/frame.ts'
import { END_OF_INPUT, ownClientVersion } from '../../model/data-channel/own-client.ts'
import { PAYLOAD_FLAG, PAYLOAD_TYPE } from '../../model/data-channel/payload-types.ts'
import { DATA_CHANNEL_PING_MS, DATA_CHANNEL_SILENT_TURNS, DATA_CHANNEL_SOCKET_BYTES } from '../../model/exec-limits.ts'
import { CredentialsStore } from '../engine/credentials.ts'
import type { EngineTask } from '../engine/task.ts'
import { SimulatedRuntime } from '../simulated/simulated-runtime.ts'
import { ExecGate } from './exec-gate.ts'

const WITH_EXEC = { managedAgents: [{ name: 'ExecuteCommandAgent' }] }
const LOGGING = {
  cloudWatchLogGroupName: 'group',
  cloudWatchLogStreamName: 'stream',
  region: 'eu-west-1',
  cloudWatchEncryptionEnabled: false,
}

const aWorld = async () => {
  const clock = new ManualClock()
  const ids = new SeededIds(1)
  const runtime = new SimulatedRuntime({ clock, ids, cpus: 1, memoryMiB: 64 })
  const runtimeId = await runtime.create('one', { Image: 'any', Labels: {} })
  await runtime.start(runtimeId)
  const container = anEngineContainer(WITH_EXEC, { knownStatus: 'RUNNING', dockerId: runtimeId })
  const task = aTaskOf([container], { knownStatus: 'RUNNING', credentialsId: 'creds' })
  const tasks = new Map<string, EngineTask>([[task.arn, task]])
  const credentials = new CredentialsStore()
  credentials.put({ taskArn: task.arn, roleType: 'TaskApplication', credentials: { credentialsId: 'creds' } as never })
  const answers: AgentMessage[] = []
  const logged: { to: LogDestination; events: readonly TranscriptEvent[] }[] = []
  const channels = new Map<string, AgentDataChannel>()
  let channel = new AgentDataChannel(clock, ids)
  const gate = new ExecGate({
    runtime,
    clock,
    ids,
    log: silentLog,
    agentVersion: '0.1.0',
    credentials,
    taskOf: (arn) => tasks.get(arn),
    link: async () => ({
      openDataSocket: (request, listener) => (channels.get(request.url) ?? channel).open(request, listener),
      api: {
        createLogStream: async () => {},
        putLogEvents: async (_caller, to, events) => void logged.push({ to, events }),
        decryptDataKey: () => Promise.reject(new Error('no key here')),
      },
    }),
    send: (answer) => void answers.push(answer),
  })
  let count = 0
  const aMessage = (members: Partial<StartSessionMessage> = {}): StartSessionMessage => ({
    clusterArn: 'cluster',
    containerInstanceArn: 'instance',
    messageId: `m${++count}`,
    sessionId: `s${count}`,
    dataChannelUrl: `ws://here/${count}`,
    tokenValue: `t${count}`,
    taskArn: task.arn,
    containerName: 'app',
    runtimeId,
    targetId: 'target',
    sessionType: 'InteractiveCommands',
    command: '/bin/sh',
    sessionOwner: 'owner',
    idleTimeoutSeconds: 1200,
    resumeSeconds: 60,
    ...members,
  })
  /** Starts a session whose client comes at once. */
  const begin = async (members: Partial<StartSessionMessage> = {}, clientVersion = '1.2.707.0') => {
    channel = new AgentDataChannel(clock, ids)
    channel.clientVersion = clientVersion
    const message = aMessage(members)
    channels.set(message.dataChannelUrl, channel)
    gate.start(message)
    await loaded(clock, () => answers.length > 0)
    channel.attach()
    await clock.advance(300)
    return { channel, message }
  }
  return { clock, ids, runtime, runtimeId, gate, answers, logged, tasks, task, begin, aMessage, channels }
}

/** The first session loads its code. */
const loaded = async (clock: ManualClock, isDone: () => boolean): Promise<void> => {
  while (!isDone()) {
    await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(0)
  }
}

describe('a session', () => {
  it('is a shell on a terminal, with the size that the client has', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin()
    channel.resize(132, 43)
    channel.type('stty size\r')
    await clock.advance(0)
    expect(channel.stdout).toBe('# stty size\r\n43 132\r\n# ')
    channel.type('exit 3\r')
    await clock.advance(100)
    expect(channel.farewell).toBe('')
    expect(channel.isConnected).toBe(false)
    // The plugin would show it.
    expect(channel.exitCode).toBeUndefined()
  })

  it('tells our own client the exit code, tells stderr apart and knows the end of the input', async () => {
    const { begin, clock } = await aWorld()
    const sessionType = 'NonInteractiveCommands'
    const own = ownClientVersion('1')
    const failing = await begin({ sessionType, command: 'nonsense' }, own)
    await clock.advance(100)
    expect(failing.channel).toMatchObject({ stdout: '', stderr: 'nonsense: not found\n', exitCode: 127, farewell: '' })
    const cat = await begin({ sessionType, command: 'cat' }, own)
    cat.channel.type('one\ntwo')
    cat.channel.client.send(PAYLOAD_TYPE.output, END_OF_INPUT)
    await clock.advance(100)
    expect(cat.channel).toMatchObject({ stdout: 'one\ntwo\n', exitCode: 0, farewell: '' })
  })

  it('is acknowledged, and not begun twice', async () => {
    const { begin, gate, answers, clock } = await aWorld()
    const { channel, message } = await begin()
    gate.start(message)
    await clock.advance(0)
    expect(answers.map(({ type }) => type)).toEqual(['AckRequest', 'AckRequest'])
    expect(channel.tokens).toEqual([message.tokenValue])
  })

  it('ends when nobody types or writes for a while', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin({ idleTimeoutSeconds: 60 })
    await clock.advance(50_000)
    channel.type('x')
    await clock.advance(50_000)
    expect(channel.farewell).toBeUndefined()
    await clock.advance(10_000)
    expect(channel.farewell).toBe('The session timed out due to inactivity.')
  })

  it('ends after its time', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin({ maximumSeconds: 100 })
    for (let seconds = 0; seconds < 99; seconds++) {
      channel.type('x')
      await clock.advance(1000)
    }
    expect(channel.farewell).toBeUndefined()
    await clock.advance(1000)
    expect(channel.farewell).toBe('The session has reached its maximum duration.')
  })

  it('ends by the flag of its client, and by the word of the control plane', async () => {
    const { begin, clock, ids } = await aWorld()
    const flagged = await begin()
    const flag = Buffer.alloc(4)
    flag.writeUInt32BE(PAYLOAD_FLAG.terminateSession)
    flagged.channel.client.send(PAYLOAD_TYPE.flag, flag)
    await clock.advance(0)
    expect(flagged.channel.farewell).toBe('The session was terminated.')
    const closed = await begin()
    const word = { messageType: 'channel_closed', sequenceNumber: 0, flags: 0, payloadType: 0 } as const
    closed.channel.tell(encodeFrame({ ...word, createdDate: 1, messageId: ids.uuid(), payload: Buffer.from('{}') }))
    await clock.advance(0)
    expect(closed.channel.isConnected).toBe(false)
  })

  it('waits for a client that is gone, with what it has not read, and not for ever', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin()
    channel.detach()
    channel.isReading = false
    await clock.advance(1000)
    channel.type('echo lost\r')
    await clock.advance(50_000)
    channel.isReading = true
    channel.attach()
    await clock.advance(1000)
    expect(channel.stdout).toContain('lost')
    channel.detach()
    await clock.advance(59_999)
    expect(channel.isConnected).toBe(true)
    await clock.advance(1)
    expect(channel.farewell).toBe('The client did not come back.')
  })

  it('stands still with a client that does not read, without gathering what it says again, and goes on with it', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin()
    channel.hold()
    for (let line = 0; line < 50; line++) channel.type(`echo ${line}\r`)
    // For so long, the control plane has patience with the client.
    await clock.advance((DATA_CHANNEL_SILENT_TURNS + 1) * DATA_CHANNEL_PING_MS)
    expect([channel.isConnected, channel.farewell]).toEqual([true, undefined])
    expect(channel.heldBytes).toBeLessThan(2 * DATA_CHANNEL_SOCKET_BYTES)
    channel.release()
    await clock.advance(1000)
    expect(channel.stdout.match(/^\d+$/gm)).toHaveLength(50)
    channel.hold()
    await clock.advance(2 * DATA_CHANNEL_SILENT_TURNS * DATA_CHANNEL_PING_MS)
    expect(channel.isConnected).toBe(false)
  })

  it('ends soon, though an acknowledgement of its last words was lost', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin()
    channel.lostAcknowledgements = 2
    channel.type('exit\r')
    await clock.advance(200)
    expect(channel.farewell).toBeUndefined()
    await clock.advance(8000)
    expect(channel.farewell).toBe('')
  })

  it('goes on over another connection', async () => {
    const { begin, clock, gate, answers, channels } = await aWorld()
    const { channel, message } = await begin()
    channel.lose()
    await clock.advance(30_000)
    const again = { ...message, messageId: 'again', dataChannelUrl: 'ws://there', tokenValue: 'other' }
    channels.set('ws://there', channel)
    gate.resume(again)
    await clock.advance(0)
    channel.attach()
    channel.type('echo still here\r')
    await clock.advance(0)
    expect(channel.stdout).toContain('still here')
    expect(channel.tokens).toEqual([message.tokenValue, 'other'])
    gate.resume({ ...again, messageId: 'unknown', sessionId: 'unknown' })
    await clock.advance(0)
    expect(answers.at(-1)).toMatchObject({ type: 'NackRequest', message: { reason: 'The session has ended.' } })
  })

  it('gives up a client that does not answer the handshake, and one that cannot', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin({ command: 'cat' })
    expect(channel.farewell).toBeUndefined()
    const world = await aWorld()
    const silent = world.aMessage()
    const deaf = new AgentDataChannel(world.clock, world.ids)
    deaf.isReading = false
    world.channels.set(silent.dataChannelUrl, deaf)
    world.gate.start(silent)
    await loaded(world.clock, () => world.answers.length > 0)
    deaf.attach()
    await world.clock.advance(14_999)
    expect(deaf.farewell).toBeUndefined()
    await world.clock.advance(10_000)
    expect(deaf.farewell).toBe('The client did not answer the handshake in time.')
    const encrypted = await world.begin({ kmsKeyId: 'key' })
    expect(encrypted.channel.farewell).toContain('KMSEncryption')
    await clock.advance(0)
  })

  it('does not begin where the command cannot be read', async () => {
    const { begin, clock } = await aWorld()
    const { channel } = await begin({ command: `echo 'open` })
    await clock.advance(100)
    expect(channel.farewell).toBe('A quote of the command is not closed.')
  })
})

describe('sessions of a container', () => {
  it('are as many at once as it may have', async () => {
    const { begin, answers, clock } = await aWorld()
    const first = await begin()
    await begin()
    await begin()
    expect(answers.map(({ type }) => type)).toEqual(['AckRequest', 'AckRequest', 'NackRequest'])
    first.channel.type('exit\r')
    await clock.advance(100)
    await begin()
    expect(answers.at(-1)?.type).toBe('AckRequest')
  })

  it('end with it', async () => {
    const { begin, runtime, runtimeId, gate, task, tasks, clock } = await aWorld()
    const { channel } = await begin()
    runtime.exit(runtimeId, 0)
    const stopped = { ...task, containers: task.containers.map((one) => ({ ...one, knownStatus: 'STOPPED' as const })) }
    tasks.set(task.arn, stopped)
    gate.changed(stopped)
    await clock.advance(100)
    expect(channel.farewell).toBe('The container has stopped.')
  })

  it('are refused where it does not run, or is another', async () => {
    const { begin, answers } = await aWorld()
    await begin({ runtimeId: 'other' })
    await begin({ taskArn: 'other' })
    expect(answers).toMatchObject([
      { type: 'NackRequest', message: { reason: 'The container is not running.' } },
      { type: 'NackRequest', message: { reason: 'The container is not running.' } },
    ])
  })

  it('end with the agent, in order', async () => {
    const { begin, gate, clock, answers } = await aWorld()
    const { channel } = await begin()
    const stopped = gate.stop()
    await clock.advance(100)
    await stopped
    expect(channel.farewell).toBe('The container agent is stopping.')
    await begin()
    expect(answers.at(-1)).toMatchObject({ message: { reason: 'The container agent is stopping.' } })
  })
})

describe('a transcript', () => {
  it('has the lines that the user saw, soon after', async () => {
    const { begin, clock, logged } = await aWorld()
    const { channel } = await begin({ logging: LOGGING })
    channel.type('echo \u001B[31mred\u001B[0m\r')
    await clock.advance(1000)
    const lines = () => logged.flatMap(({ events }) => events.map(({ message }) => message))
    expect(lines()).toEqual(['# echo \u001B[31mred\u001B[0m', '\u001B[31mred\u001B[0m'])
    expect(logged[0]?.to).toEqual({ logGroupName: 'group', logStreamName: 'stream' })
    channel.type('exit\r')
    await clock.advance(100)
    expect(lines().at(-1)).toBe('# exit')
  })
})
