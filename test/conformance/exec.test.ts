/**
 * ECS Exec through the control plane: ExecuteCommand by the SDK, a client that speaks as the Session Manager plugin does, and an agent's end
 * that does what it is told to.
 */
import { CreateClusterCommand } from '@aws-sdk/client-ecs'
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { LogGroupRecord } from '../../src/model/log-records.ts'
import { type ExecWorld, execWorld, type ExecWorldOptions } from '../exec-world.ts'
import { encode } from '../fakes/session-manager-frames.ts'

const open: ExecWorld[] = []
afterEach(async () => {
  for (const world of open.splice(0)) await world.close()
})

const aWorld = async (options: ExecWorldOptions = {}): Promise<ExecWorld> => {
  const world = await execWorld(options)
  open.push(world)
  return world
}

const SECONDS = 1000

/** A frame of a stream that something on the way has changed a byte of, behind its type. */
const spoiltFrame = fc
  .record({ sequenceNumber: fc.nat({ max: 50 }), at: fc.integer({ min: 36, max: 119 }), value: fc.nat({ max: 255 }) })
  .map(({ sequenceNumber, at, value }) => {
    const payload = Buffer.from('spoilt')
    const frame = encode({ messageType: 'acknowledge', sequenceNumber, flags: 0, payloadType: 1, payload })
    frame[at] = value
    return frame
  })

const aLogGroup = (given: Partial<LogGroupRecord>): LogGroupRecord => ({
  arn: '',
  account: '000000000000',
  region: 'us-east-1',
  name: '',
  groupId: 'g1',
  createdAt: 0,
  logGroupClass: 'STANDARD',
  isProtected: false,
  tags: [],
  ...given,
})

describe('ExecuteCommand', () => {
  it('answers with a session whose address is the one that the client used', async () => {
    const { ecs, execute, taskArn, endpoint } = await aWorld()
    const answer = await execute()
    const { containers = [], clusterArn } = (await ecs.describeTasks({ tasks: [taskArn] })).tasks?.[0] ?? {}
    expect(answer).toMatchObject({
      clusterArn,
      taskArn,
      containerArn: containers[0]?.containerArn,
      containerName: 'app',
      interactive: true,
      session: {
        sessionId: expect.stringMatching(/^ecs-execute-command-[0-9a-f]{17,}$/),
        tokenValue: expect.stringMatching(/^[\w-]{43}$/),
      },
    })
    const { sessionId, streamUrl } = answer.session ?? {}
    const host = new URL(endpoint).host
    expect(streamUrl).toBe(`ws://${host}/v1/data-channel/${sessionId}?role=publish_subscribe`)
  })

  it('needs a container only where there are several', async () => {
    const { execute } = await aWorld({ containers: ['app', 'db'] })
    await expect(execute()).rejects.toMatchObject({ name: 'ClientException' })
    await expect(execute({ container: 'web' })).rejects.toMatchObject({ name: 'ClientException' })
    expect(await execute({ container: 'db' })).toMatchObject({ containerName: 'db' })
  })

  it('refuses what cannot be', async () => {
    const { ecs, execute } = await aWorld()
    await expect(execute({ cluster: 'none' })).rejects.toMatchObject({ name: 'ClusterNotFoundException' })
    await expect(execute({ task: '0123456789abcdef0123456789abcdef' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The referenced task was not found.',
    })
    await expect(execute({ command: ' ' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    const { tasks } = await ecs.runTask({ taskDefinition: 'web' })
    const { taskArn: task } = tasks?.[0] ?? {}
    await expect(execute({ task })).rejects.toMatchObject({ name: 'InvalidParameterException', message: NOT_ENABLED })
  })

  it('waits for nothing: until the managed agent runs, and after the task stopped, it is refused', async () => {
    const { ecs, agent, execute, taskArn } = await aWorld()
    const { tasks } = await ecs.runTask({ taskDefinition: 'web', enableExecuteCommand: true })
    const started = tasks?.[0]
    expect(started?.containers?.[0]?.managedAgents).toEqual([{ name: 'ExecuteCommandAgent', lastStatus: 'PENDING' }])
    await expect(execute({ task: started?.taskArn })).rejects.toMatchObject({ message: NOT_ENABLED })
    await ecs.stopTask({ task: taskArn })
    await agent.until(() => agent.tasks.get(taskArn)?.reported === 'STOPPED')
    await expect(execute()).rejects.toMatchObject({ name: 'InvalidParameterException', message: NOT_ENABLED })
  })

  it('is refused where no agent can be reached, and where it is not one that has data channels', async () => {
    const { agent, execute } = await aWorld()
    await agent.disconnect()
    await expect.poll(() => execute().catch((error: Error) => error.name)).toBe('TargetNotConnectedException')
    const stock = await aWorld({ isStockAgent: true })
    await expect(stock.execute()).rejects.toMatchObject({
      name: 'TargetNotConnectedException',
      message: expect.stringContaining('SSM agent'),
    })
  })

  it('tells the agent everything it needs, once the client is there', async () => {
    const { execute, connect, told, agent, taskArn, endpoint } = await aWorld()
    const { session } = await execute({ command: 'ls -l', interactive: false })
    expect(agent.of('StartSessionMessage')).toEqual([])
    await connect({ session })
    const message = await told('StartSessionMessage')
    expect(message).toEqual({
      clusterArn: 'arn:aws:ecs:us-east-1:000000000000:cluster/default',
      containerInstanceArn: agent.containerInstanceArn,
      messageId: expect.any(String),
      sessionId: session?.sessionId,
      dataChannelUrl: `${endpoint.replace('http', 'ws')}/v1/data-channel/${session?.sessionId}?role=publish_subscribe`,
      tokenValue: expect.stringMatching(/^[\w-]{43}$/),
      taskArn,
      containerName: 'app',
      runtimeId: 'app-1',
      targetId: `ecs:default_${taskArn.split('/').at(-1)}_app-1`,
      sessionType: 'NonInteractiveCommands',
      command: 'ls -l',
      sessionOwner: 'arn:aws:iam::000000000000:root',
      idleTimeoutSeconds: 1200,
      maximumSeconds: 86_400,
      resumeSeconds: 60,
    })
  })
})

const NOT_ENABLED =
  "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn't running. " +
  'Wait and try again or run a new task with execute command enabled and try again.'

describe('a session', () => {
  it('carries keys, output and the size of the terminal, and ends when the command does', async () => {
    const { session, describeSession } = await aWorld()
    const { sessionId, client, end } = await session()
    expect(client.sessionTypes).toEqual(['InteractiveCommands'])
    expect(end.sizes).toEqual([{ columns: 300, rows: 100 }])
    end.write('/ # ')
    await client.until(() => client.text === '/ # ')
    client.press('ls')
    client.press('\n')
    client.press('\u0003')
    await end.until(() => end.input === 'ls\r\u0003')
    client.size = { cols: 80, rows: 24 }
    await end.until(() => end.sizes.length === 2)
    expect(end.sizes[1]).toEqual({ columns: 80, rows: 24 })
    expect(await describeSession(sessionId)).toMatchObject({ Status: 'Connected', SessionId: sessionId })
    end.write('bye\r\n')
    await end.until(() => end.isAcknowledged)
    end.finish()
    await client.until(() => client.farewell !== undefined)
    expect([client.badFrames, end.badFrames]).toEqual([0, 0])
    expect(client.text).toBe('/ # bye\r\n')
    expect(client.farewell).toBe(`Exiting session with sessionId: ${sessionId}.`)
    expect(await describeSession(sessionId)).toMatchObject({
      Status: 'Terminated',
      Owner: 'arn:aws:iam::000000000000:root',
      DocumentName: 'AmazonECS-ExecuteInteractiveCommand',
      MaxSessionDuration: '1440',
      EndDate: expect.any(Date),
    })
  })

  it('loses nothing over a network that drops, doubles and reorders', async () => {
    let count = 0
    let kept: Buffer | undefined
    const faults = (_direction: 'sent' | 'received', frame: Buffer): readonly Buffer[] => {
      count++
      if (count % 7 === 0) return []
      if (count % 5 === 0) return [frame, frame]
      if (count % 11 === 0) {
        kept = frame
        return []
      }
      const late = kept
      kept = undefined
      return late === undefined ? [frame] : [frame, late]
    }
    const { session } = await aWorld()
    const { client, end } = await session({ faults })
    const lines = Array.from({ length: 60 }, (_, index) => `line ${index} ${'x'.repeat(1500)}\n`).join('')
    end.write(lines)
    for (let index = 0; index < 60; index++) client.press(`key${index} `)
    await client.until(() => client.text.length >= lines.length)
    await end.until(() => end.input.includes('key59'))
    expect(client.text).toBe(lines)
    expect(end.input).toBe(Array.from({ length: 60 }, (_, index) => `key${index} `).join(''))
  })

  it('goes on when its client comes back with another token', async () => {
    const { session, describeSession } = await aWorld()
    const { sessionId, client, end } = await session()
    end.write('before ')
    await client.until(() => client.text === 'before ')
    client.loseConnection()
    await end.until(() => end.told.at(-1) === 'pause_publication')
    end.write('meanwhile ')
    client.press('while away ')
    await client.until(() => client.connections === 2)
    await client.until(() => client.text === 'before meanwhile ')
    await end.until(() => end.input === 'while away ')
    expect(end.told).toEqual(['start_publication', 'pause_publication', 'start_publication'])
    expect(await describeSession(sessionId)).toMatchObject({ Status: 'Connected' })
  })

  it('goes on when its agent comes back with another token', async () => {
    const { session, told } = await aWorld()
    const { client, end, sessionId } = await session()
    end.drop()
    client.press('typed meanwhile')
    end.write('written meanwhile')
    const message = await told('ResumeSessionMessage')
    expect(Object.keys(message).toSorted()).toEqual([
      'clusterArn',
      'containerInstanceArn',
      'dataChannelUrl',
      'messageId',
      'sessionId',
      'tokenValue',
    ])
    expect(message.sessionId).toBe(sessionId)
    await end.connect(message)
    await client.until(() => client.text === 'written meanwhile')
    await end.until(() => end.input === 'typed meanwhile')
    expect(client.connections).toBe(1)
  })

  it('goes on when the control plane was restarted', async () => {
    const { session, told, restart, describeSession } = await aWorld()
    const { sessionId, client, end } = await session()
    end.write('before ')
    await client.until(() => client.text === 'before ')
    await restart()
    await end.connect(await told('ResumeSessionMessage'))
    end.write('after')
    client.press('exit')
    await client.until(() => client.text === 'before after')
    await end.until(() => end.input === 'exit')
    expect(client.connections).toBeGreaterThan(1)
    expect(await describeSession(sessionId)).toMatchObject({ Status: 'Connected' })
    end.finish()
    await client.until(() => client.farewell !== undefined)
  })

  it('is one of several at once', async () => {
    const { session } = await aWorld()
    const [one, other] = [await session(), await session()]
    one.client.press('one')
    other.client.press('other')
    await one.end.until(() => one.end.input === 'one')
    await other.end.until(() => other.end.input === 'other')
    one.end.finish()
    await one.client.until(() => one.client.farewell !== undefined)
    other.end.write('still here')
    await other.client.until(() => other.client.text === 'still here')
    expect(one.client.text).toBe('')
  })

  it('holds its agent up when its client does not read', async () => {
    const { session } = await aWorld()
    const { client, end } = await session()
    client.standStill()
    const bytes = 64 * 1024 * 1024
    end.write(Buffer.alloc(bytes, 'x'))
    const before = process.memoryUsage().arrayBuffers
    await end.until(() => !end.isAcknowledged && end.unsentBytes > 0)
    await expect.poll(() => end.unsentBytes).toBeGreaterThan(bytes / 2)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32 * 1024 * 1024)
    client.goOn()
    end.stop()
  })
})

describe('the end of a session', () => {
  it('comes with TerminateSession, for both ends', async () => {
    const { session, ssm, describeSession } = await aWorld()
    const { sessionId, client, end } = await session()
    expect(await ssm.terminateSession({ SessionId: sessionId })).toMatchObject({ SessionId: sessionId })
    await client.until(() => client.farewell !== undefined)
    await end.until(() => end.farewell !== undefined)
    expect(client.farewell).toContain('Exiting session')
    expect(await describeSession(sessionId)).toMatchObject({ Status: 'Terminated' })
    expect(await ssm.terminateSession({ SessionId: sessionId })).toMatchObject({ SessionId: sessionId })
    const resumed = await ssm.resumeSession({ SessionId: sessionId })
    expect(resumed.TokenValue).toBeUndefined()
    await expect(ssm.resumeSession({ SessionId: 'none' })).rejects.toMatchObject({ name: 'DoesNotExistException' })
  })

  it('comes with the sentence that the agent gives, after the rest of the output', async () => {
    const { session } = await aWorld()
    const { sessionId, client, end } = await session()
    end.write('x'.repeat(50_000))
    await end.until(() => end.isAcknowledged)
    end.finish('The session was idle for 20 minutes.')
    await client.until(() => client.farewell !== undefined)
    expect(client.text).toHaveLength(50_000)
    expect(client.farewell).toBe(`SessionId: ${sessionId} : The session was idle for 20 minutes.`)
  })

  it('comes with the agent’s refusal to begin', async () => {
    const { execute, connect, told, agent, describeSession } = await aWorld()
    const answer = await execute()
    const client = await connect(answer)
    const { messageId } = await told('StartSessionMessage')
    const reason = 'The container app has 2 sessions already.'
    agent.send('NackRequest', { cluster: 'default', containerInstance: 'i', messageId, reason })
    await client.until(() => client.farewell !== undefined)
    expect(client.farewell).toContain(reason)
    expect(await describeSession(answer.session?.sessionId ?? '')).toMatchObject({ Details: reason })
  })

  it('comes with a refusal that makes no sense, too', async () => {
    const { execute, connect, told, agent, store } = await aWorld()
    const refusals = [undefined, 7, 'x'.repeat(100_000)]
    for (const reason of refusals) {
      const answer = await execute()
      const client = await connect(answer)
      const { messageId } = await told('StartSessionMessage')
      agent.send('NackRequest', { cluster: 'default', containerInstance: 'i', messageId, reason })
      await client.until(() => client.farewell !== undefined)
      expect(store.tables.sessions.get(answer.session?.sessionId ?? '')?.reason?.length).toBeLessThanOrEqual(1024)
    }
  })

  it('comes when the agent does not connect', async () => {
    const { clock, execute, connect, told } = await aWorld()
    const client = await connect(await execute())
    await told('StartSessionMessage')
    await clock.advance(10 * SECONDS + 1)
    await client.until(() => client.farewell !== undefined)
    expect(client.farewell).toContain("The agent of the task's container instance cannot be reached.")
  })

  it('comes when the agent is killed, after what it sent', async () => {
    const { clock, session, agent } = await aWorld()
    const { client, end } = await session()
    end.write('last words')
    await client.until(() => client.text === 'last words')
    end.stop()
    await agent.disconnect()
    await clock.advance(10 * SECONDS)
    expect(client.farewell).toBeUndefined()
    // It may be noticed only now.
    await expect
      .poll(async () => {
        await clock.advance(5 * SECONDS)
        return client.farewell
      })
      .toContain('The connection to the agent')
    expect(client.text).toBe('last words')
  })

  it('comes when the agent was restarted and knows nothing of it', async () => {
    const { session, agent, told } = await aWorld()
    const { client, end } = await session()
    end.stop()
    const { messageId } = await told('ResumeSessionMessage')
    agent.send('NackRequest', {
      cluster: 'default',
      containerInstance: 'i',
      messageId,
      reason: 'The agent was restarted.',
    })
    await client.until(() => client.farewell !== undefined)
    expect(client.farewell).toContain('The agent was restarted.')
  })

  it('comes a minute after the client has gone', async () => {
    const { clock, store, session, describeSession } = await aWorld()
    const { sessionId, client, end } = await session()
    client.kill()
    await end.until(() => end.told.at(-1) === 'pause_publication')
    await clock.advance(59 * SECONDS)
    expect(end.farewell).toBeUndefined()
    await clock.advance(2 * SECONDS)
    await end.until(() => end.farewell !== undefined)
    expect(await describeSession(sessionId)).toMatchObject({ Status: 'Terminated', Details: 'The client is gone.' })
    // What was run may not be for everyone who reads the disk later.
    expect(store.tables.sessions.get(sessionId)?.command).toBe('')
  })

  it('comes when nobody ever came', async () => {
    const { clock, store, execute, agent } = await aWorld()
    const { session } = await execute()
    const statusOf = () => store.tables.sessions.get(session?.sessionId ?? '')?.status
    await clock.advance(4 * 60 * SECONDS)
    expect(statusOf()).toBe('Connecting')
    await clock.advance(2 * 60 * SECONDS)
    expect(statusOf()).toBe('Failed')
    expect(agent.of('StartSessionMessage')).toEqual([])
  })

  it('comes with the end of the task', async () => {
    const { clock, session, ecs, agent, taskArn } = await aWorld()
    const { client } = await session()
    await ecs.stopTask({ task: taskArn })
    await agent.until(() => agent.tasks.get(taskArn)?.reported === 'STOPPED')
    await expect
      .poll(async () => (await ecs.describeTasks({ tasks: [taskArn] })).tasks?.[0]?.lastStatus)
      .toBe('STOPPED')
    await clock.advance(5 * SECONDS + 1)
    await client.until(() => client.farewell !== undefined)
    expect(client.farewell).toContain('The task has stopped.')
  })
})

describe('a token', () => {
  it('is good once', async () => {
    const { execute, connect, agentEnd } = await aWorld()
    const answer = await execute()
    await connect(answer)
    const end = await agentEnd()
    await end.until(() => end.sizes.length > 0)
    const thief = await connect(answer, { resume: async () => undefined })
    await thief.until(() => thief.closeCode !== undefined)
    expect(thief.closeCode).toBe(1008)
    expect(end.told).toEqual(['start_publication'])
  })

  it('is of one session', async () => {
    const { execute, connect } = await aWorld()
    const [one, other] = [await execute(), await execute()]
    const session = { ...one.session, tokenValue: other.session?.tokenValue }
    const client = await connect({ session }, { resume: async () => undefined })
    await client.until(() => client.closeCode !== undefined)
    expect(client.closeCode).toBe(1008)
  })

  it('of an agent is no client’s, and is good once, too', async () => {
    const { execute, connect, told, agentEnd } = await aWorld()
    const answer = await execute()
    const client = await connect(answer)
    const end = await agentEnd()
    await end.until(() => end.sizes.length > 0)
    const [message] = open[0]!.agent.of('StartSessionMessage')
    const again = new WebSocket(message.dataChannelUrl)
    await new Promise((resolve) => again.on('open', resolve))
    again.send(JSON.stringify({ TokenValue: message.tokenValue }))
    expect(await new Promise((resolve) => again.on('close', resolve))).toBe(1008)
    client.press('still mine')
    await end.until(() => end.input === 'still mine')
    expect(told).toBeDefined()
  })

  it('is worth nothing once another was given, after five minutes, or after the end', async () => {
    const { clock, ssm, execute, connect } = await aWorld()
    const closeCodeOf = async (session: object): Promise<number | undefined> => {
      const client = await connect({ session }, { resume: async () => undefined })
      await client.until(() => client.closeCode !== undefined)
      return client.closeCode
    }
    const { session: replaced } = await execute()
    await ssm.resumeSession({ SessionId: replaced?.sessionId })
    expect(await closeCodeOf(replaced!)).toBe(1008)
    const { session: terminated } = await execute()
    await ssm.terminateSession({ SessionId: terminated?.sessionId })
    expect(await closeCodeOf(terminated!)).toBe(1008)
    const { session: late } = await execute()
    await clock.advance(5 * 60 * SECONDS)
    expect(await closeCodeOf(late!)).toBe(1008)
  })
})

describe('the data channel', () => {
  const refusalOf = (url: string, headers: Record<string, string> = {}): Promise<number | undefined> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers })
      socket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode)
        request.destroy()
      })
      socket.on('error', () => {})
      socket.on('open', () => {
        resolve(101)
        socket.terminate()
      })
    })

  it('is at one path and for one role, and not for the pages of others', async () => {
    const { endpoint, execute } = await aWorld()
    const { session } = await execute()
    const { sessionId, streamUrl = '' } = session ?? {}
    const at = (path: string): string => endpoint.replace('http', 'ws') + path
    expect(await refusalOf(streamUrl)).toBe(101)
    expect(await refusalOf(streamUrl, { Origin: endpoint })).toBe(101)
    expect(await refusalOf(streamUrl, { Origin: 'http://evil.example' })).toBe(403)
    expect(await refusalOf(streamUrl, { Origin: 'null' })).toBe(403)
    expect(await refusalOf(at(`/v1/data-channel/${sessionId}`))).toBe(400)
    expect(await refusalOf(at(`/v1/data-channel/${sessionId}?role=publish`))).toBe(400)
    for (const path of ['/v1/data-channel/', `/v1/data-channel/${sessionId}/x`, '/v1/data-channel/..%2f..%2facs%2fws'])
      expect(await refusalOf(at(`${path}?role=publish_subscribe`))).toBe(404)
  })

  it('closes to who says nothing, says something else first, or says too much', async () => {
    const { clock, execute } = await aWorld()
    const { session } = await execute()
    const closeCodeOf = async (say: (socket: WebSocket) => void | Promise<void>): Promise<number> => {
      const socket = new WebSocket(session?.streamUrl ?? '')
      socket.on('error', () => {})
      const closed = new Promise<number>((resolve) => socket.on('close', resolve))
      await new Promise((resolve) => socket.on('open', resolve))
      await say(socket)
      return closed
    }
    expect(await closeCodeOf((socket) => socket.send(Buffer.from('first')))).toBe(1008)
    expect(await closeCodeOf((socket) => socket.send('{}'))).toBe(1008)
    expect(await closeCodeOf((socket) => socket.send('not JSON'))).toBe(1008)
    expect(await closeCodeOf((socket) => socket.send(JSON.stringify({ TokenValue: 'x'.repeat(20_000) })))).toBe(1008)
    expect(await closeCodeOf((socket) => socket.send('x'.repeat(70_000)))).toBe(1009)
    expect(await closeCodeOf(() => clock.advance(5 * SECONDS))).toBe(1008)
  })

  it('has room for so many that did not say who they are', async () => {
    const { execute, connect, agentEnd } = await aWorld()
    const answer = await execute()
    const { streamUrl = '' } = answer.session ?? {}
    const idle = await Promise.all(
      Array.from({ length: 256 }, async () => {
        const socket = new WebSocket(streamUrl)
        await new Promise((resolve) => socket.on('open', resolve))
        return socket
      }),
    )
    expect(await refusalOf(streamUrl)).toBe(503)
    for (const socket of idle) socket.terminate()
    await expect.poll(() => refusalOf(streamUrl)).toBe(101)
    await connect(answer)
    const end = await agentEnd()
    await end.until(() => end.sizes.length > 0)
  })

  it('lets a client say nothing that only the gateway or an agent may', async () => {
    const { session } = await aWorld()
    const { client, end } = await session()
    for (const messageType of ['channel_closed', 'pause_publication', 'output_stream_data', 'agent_session_state', ''])
      client.sendRaw(encode({ messageType, sequenceNumber: 0, flags: 0, payloadType: 0, payload: Buffer.from('{}') }))
    client.sendRaw(Buffer.from('short'))
    client.sendRaw('text again')
    client.press('on it goes')
    await end.until(() => end.input === 'on it goes')
    expect(end.told).toEqual(['start_publication'])
  })

  it('stands whatever bytes either end sends', async () => {
    const { session } = await aWorld()
    const { client, end } = await session()
    const garbage = fc.sample(fc.oneof(fc.uint8Array({ maxLength: 300 }), spoiltFrame), { numRuns: 300, seed: 7 })
    for (const bytes of garbage) {
      client.sendRaw(bytes)
      end.sendRaw(bytes)
    }
    client.press('typed')
    end.write('written')
    await end.until(() => end.input === 'typed')
    await client.until(() => client.text === 'written')
    expect(end.told).toEqual(['start_publication'])
  })

  it('closes to a client whose frames are too long, which may come back', async () => {
    const { session } = await aWorld()
    const { client, end } = await session()
    client.sendRaw(Buffer.alloc(70_000))
    await client.until(() => client.connections === 2)
    client.press('back')
    await end.until(() => end.input === 'back')
    expect(client.closeCode).toBe(1009)
  })
})

describe('DescribeSessions and GetConnectionStatus', () => {
  it('tell of sessions, page by page and by filters', async () => {
    const { ssm, execute, taskArn } = await aWorld()
    const ids: (string | undefined)[] = []
    for (let count = 0; count < 3; count++) ids.push((await execute()).session?.sessionId)
    await ssm.terminateSession({ SessionId: ids[0] })
    const first = await ssm.describeSessions({ State: 'Active', MaxResults: 1 })
    const second = await ssm.describeSessions({ State: 'Active', MaxResults: 1, NextToken: first.NextToken })
    const listed = [first, second].flatMap(({ Sessions = [] }) => Sessions.map(({ SessionId }) => SessionId))
    expect(new Set(listed)).toEqual(new Set(ids.slice(1)))
    const history = await ssm.describeSessions({ State: 'History' })
    expect(history.Sessions).toMatchObject([{ SessionId: ids[0], Status: 'Terminated', AccessType: 'Standard' }])
    const target = `ecs:default_${taskArn.split('/').at(-1)}_app-1`
    const count = async (key: 'Target' | 'Owner' | 'Status' | 'InvokedAfter' | 'InvokedBefore', value: string) =>
      (await ssm.describeSessions({ State: 'Active', Filters: [{ key, value }] })).Sessions?.length
    expect(await count('Target', target)).toBe(2)
    expect(await count('Target', 'ecs:other')).toBe(0)
    expect(await count('Owner', 'arn:aws:iam::000000000000:root')).toBe(2)
    expect(await count('Status', 'Connected')).toBe(0)
    expect(await count('InvokedAfter', '2020-01-01T00:00:00Z')).toBe(2)
    expect(await count('InvokedBefore', '2020-01-01T00:00:00Z')).toBe(0)
    await expect(count('InvokedAfter', 'soon')).rejects.toThrow('soon')
    await expect(count('Other' as never, 'x')).rejects.toMatchObject({ name: 'InvalidFilterKey' })
    expect(await ssm.getConnectionStatus({ Target: target })).toMatchObject({ Status: 'connected' })
    expect(await ssm.getConnectionStatus({ Target: `${target}2` })).toMatchObject({ Status: 'notconnected' })
    expect(await ssm.getConnectionStatus({ Target: 'mi-0123' })).toMatchObject({ Status: 'notconnected' })
  })
})

describe('a cluster that says how sessions are recorded', () => {
  it('has the agent told of log group, stream and key', async () => {
    const { ecs, execute, connect, told } = await aWorld()
    await ecs.updateCluster({
      cluster: 'default',
      configuration: {
        executeCommandConfiguration: {
          kmsKeyId: 'alias/exec',
          logging: 'OVERRIDE',
          logConfiguration: { cloudWatchLogGroupName: '/exec' },
        },
      },
    })
    const answer = await execute()
    await connect(answer)
    expect(await told('StartSessionMessage')).toMatchObject({
      kmsKeyId: 'alias/exec',
      logging: {
        cloudWatchLogGroupName: '/exec',
        cloudWatchLogStreamName: answer.session?.sessionId,
        region: 'us-east-1',
        cloudWatchEncryptionEnabled: false,
      },
    })
  })

  it('has no session begin whose transcript would not be encrypted as it has to be', async () => {
    const { ecs, execute, connect, agent } = await aWorld()
    await ecs.updateCluster({
      cluster: 'default',
      configuration: {
        executeCommandConfiguration: {
          logging: 'OVERRIDE',
          logConfiguration: { cloudWatchLogGroupName: '/exec', cloudWatchEncryptionEnabled: true },
        },
      },
    })
    const client = await connect(await execute())
    await client.until(() => client.farewell !== undefined)
    expect(client.farewell).toContain("couldn't start the session because encryption is not set up")
    expect(agent.of('StartSessionMessage')).toEqual([])
  })

  it('has it begin where the log group is encrypted', async () => {
    const { ecs, store, execute, connect, told } = await aWorld()
    const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:/exec'
    await store.transact((tx) =>
      tx.logGroups.insert(aLogGroup({ arn, name: '/exec', kmsKeyArn: 'arn:aws:kms:::key/1' })),
    )
    const logConfiguration = { cloudWatchLogGroupName: '/exec', cloudWatchEncryptionEnabled: true }
    const executeCommandConfiguration = { logging: 'OVERRIDE' as const, logConfiguration }
    await ecs.updateCluster({ cluster: 'default', configuration: { executeCommandConfiguration } })
    await connect(await execute())
    expect(await told('StartSessionMessage')).toMatchObject({ logging: { cloudWatchEncryptionEnabled: true } })
  })

  it('cannot have S3 for it, which is not here', async () => {
    const { ecs } = await aWorld()
    const logConfiguration = { s3BucketName: 'transcripts' }
    const configuration = { executeCommandConfiguration: { logging: 'OVERRIDE' as const, logConfiguration } }
    await expect(ecs.send(new CreateClusterCommand({ clusterName: 'other', configuration }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: expect.stringContaining('Amazon S3 is not supported'),
    })
  })
})
