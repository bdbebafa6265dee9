/** `longshore exec TASK [CONTAINER] -- CMD [ARG...]`: a command in a container of a task, by ECS Exec, without the Session Manager plugin. */
import { ECSClient, ECSServiceException, ExecuteCommandCommand, type Session, type Task } from '@aws-sdk/client-ecs'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError } from '../kit/command.ts'
import { SystemIds } from '../kit/ids.ts'
import { version } from '../kit/version.ts'
import { sessionEncryptionContext } from '../model/data-channel/session-cipher.ts'
import { SESSION_DATA_KEY_BYTES } from '../model/data-channel/session-cipher.ts'
import { clientSettings } from './clients.ts'
import { ClientChannel, type SessionAddress } from './exec/client-channel.ts'
import type { DataKeySource } from './exec/client-handshake.ts'
import { converse } from './exec/conversation.ts'
import { quoteCommand } from './exec/quote-command.ts'
import { findTasks, shortName } from './find-tasks.ts'
import { dataDirOption, requireNote } from './options.ts'

type Settings = ReturnType<typeof clientSettings>

const SHELL = ['/bin/sh']

export const execCommand = command({
  name: 'exec',
  summary: 'run a command in a container of a task',
  operands: 'TASK|SERVICE [CONTAINER]',
  trailing: 'COMMAND [ARGUMENT...]',
  details: `The task is given by its id, the beginning or the end of it, or by the name of its service, of which a running task is taken.
Without a command it is a shell. In a terminal, the command has a terminal, too; elsewhere it reads what is piped in.
The exit code is that of the command. Tasks have to be started with enableExecuteCommand.`,
  options: {
    ...dataDirOption,
    cluster: { type: 'string', valueName: 'NAME', description: "the task's cluster, if not that of `up`" },
    interactive: {
      type: 'boolean',
      short: 'i',
      description: "give the command this terminal's input, without a terminal",
    },
    tty: { type: 'boolean', short: 't', description: 'give the command a terminal; the default in a terminal' },
  },
  run: async ({ 'data-dir': dataDir, cluster, interactive, tty }, operands, trailing) => {
    const [word, container, ...rest] = operands
    if (word === undefined) throw new UserError(`Which task? ${USAGE}`)
    if (rest[0] !== undefined) throw new UserError(`"${rest[0]}" is one word too many: ${USAGE}`)
    const note = requireNote(dataDir)
    const settings = clientSettings(dataDir, note)
    const hasTerminal = wantsTerminal(interactive, tty)
    const started = await start(settings, {
      cluster: cluster ?? note.cluster,
      word,
      container,
      hasTerminal,
      words: trailing.length > 0 ? trailing : SHELL,
    })
    return talk(settings, started, hasTerminal, interactive)
  },
})

const USAGE = 'longshore exec TASK [CONTAINER] -- COMMAND [ARGUMENT...]'

const wantsTerminal = (interactive: boolean, tty: boolean): boolean => {
  // Where it is no terminal, there is no such member.
  const isTerminal = Boolean(process.stdin.isTTY) && Boolean(process.stdout.isTTY)
  if (tty && !isTerminal) throw new UserError('--tty needs a terminal, and the input or the output is none.')
  return tty || (isTerminal && !interactive)
}

interface Wanted {
  readonly cluster: string
  readonly word: string
  readonly container: string | undefined
  readonly hasTerminal: boolean
  readonly words: readonly string[]
}

interface Started {
  readonly session: Session
  /** As KMS has it, for a session that is encrypted. */
  readonly targetId: string
}

const start = async (settings: Settings, wanted: Wanted): Promise<Started> => {
  const ecs = new ECSClient(settings)
  const { cluster } = wanted
  try {
    const task = await chooseTask(ecs, wanted)
    const container = chooseContainer(task, wanted.container)
    const request = { cluster, task: task.taskArn, container, interactive: wanted.hasTerminal }
    const answer = await ecs.send(new ExecuteCommandCommand({ ...request, command: quoteCommand(wanted.words) }))
    const runtimeId = task.containers?.find(({ name }) => name === container)?.runtimeId ?? ''
    const targetId = `ecs:${shortName(task.clusterArn)}_${shortName(task.taskArn)}_${runtimeId}`
    return { session: answer.session ?? {}, targetId }
  } catch (error) {
    throw complaint(error)
  } finally {
    ecs.destroy()
  }
}

const chooseTask = async (ecs: ECSClient, { cluster, word }: Wanted): Promise<Task> => {
  const { kind, name, tasks } = await findTasks(ecs, cluster, word)
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING')
  const task = running.find(hasExec) ?? running[0]
  if (task === undefined)
    throw new UserError(kind === 'task' ? `The task ${name} does not run.` : `No task of the service ${name} runs.`)
  if (kind === 'service') process.stderr.write(`Task ${shortName(task.taskArn)} of the service ${name}\n`)
  return task
}

const hasExec = ({ enableExecuteCommand }: Task): boolean => enableExecuteCommand === true

const chooseContainer = ({ containers = [] }: Task, wanted: string | undefined): string | undefined => {
  const names = containers.map(({ name }) => name ?? '')
  const list = names.join(', ')
  if (wanted === undefined) {
    if (names.length > 1) throw new UserError(`Which container? The task has ${list}: ${USAGE}`)
    return names[0]
  }
  if (!names.includes(wanted)) throw new UserError(`The task has no container "${wanted}". It has ${list}.`)
  return wanted
}

const talk = (settings: Settings, { session, targetId }: Started, hasTerminal: boolean, interactive: boolean) => {
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  const { sessionId = '', streamUrl = '', tokenValue = '' } = session
  return converse({
    clock,
    hasTerminal,
    hasInput: hasTerminal || interactive || !process.stdin.isTTY,
    open: (output) =>
      new ClientChannel({
        clock,
        ids,
        version: version(),
        address: { streamUrl, tokenValue },
        resume: () => resume(settings, sessionId),
        dataKey: dataKeys(settings, sessionId, targetId),
        output,
      }),
  })
}

/** Loaded when a connection is lost. */
const resume = async (settings: Settings, SessionId: string): Promise<SessionAddress | undefined> => {
  const { DoesNotExistException, ResumeSessionCommand, SSMClient } = await import('@aws-sdk/client-ssm')
  const ssm = new SSMClient(settings)
  try {
    const { StreamUrl, TokenValue } = await ssm.send(new ResumeSessionCommand({ SessionId }))
    return StreamUrl && TokenValue ? { streamUrl: StreamUrl, tokenValue: TokenValue } : undefined
  } catch (error) {
    if (error instanceof DoesNotExistException) return undefined
    throw error
  } finally {
    ssm.destroy()
  }
}

/** Loaded for sessions that are encrypted. */
const dataKeys =
  (settings: Settings, sessionId: string, targetId: string): DataKeySource =>
  async (KeyId) => {
    const { GenerateDataKeyCommand, KMSClient } = await import('@aws-sdk/client-kms')
    const kms = new KMSClient(settings)
    try {
      const EncryptionContext = sessionEncryptionContext(sessionId, targetId)
      const request = { KeyId, NumberOfBytes: SESSION_DATA_KEY_BYTES, EncryptionContext }
      const { Plaintext: plain, CiphertextBlob: encrypted } = await kms.send(new GenerateDataKeyCommand(request))
      return { plain: plain ?? new Uint8Array(), encrypted: encrypted ?? new Uint8Array() }
    } finally {
      kms.destroy()
    }
  }

const complaint = (error: unknown): unknown =>
  error instanceof ECSServiceException ? new UserError(error.message || error.name, { cause: error }) : error
