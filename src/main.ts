/** The command: finds the command that argv names, resolves its options, runs it. Each command's code is loaded when it runs. */
import { closestName } from './kit/closest-name.ts'
import { columns, type Command, operandsOf, resolveValues, splitTrailing, usage, UserError } from './kit/command.ts'

interface Entry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<Command>
}

const entries: readonly Entry[] = [
  {
    name: 'up',
    summary: 'start the control plane and an agent on this machine',
    load: async () => (await import('./roles/up.ts')).upCommand,
  },
  {
    name: 'down',
    summary: 'stop what `up` started; containers keep running',
    load: async () => (await import('./cli/down.ts')).downCommand,
  },
  { name: 'status', summary: 'show what runs', load: async () => (await import('./cli/status.ts')).statusCommand },
  {
    name: 'explain',
    summary: 'say why a service is not where it should be',
    load: async () => (await import('./cli/explain.ts')).explainCommand,
  },
  {
    name: 'top',
    summary: 'show what tasks use',
    load: async () => (await import('./cli/top.ts')).topCommand,
  },
  {
    name: 'logs',
    summary: 'show what containers write, and follow it',
    load: async () => (await import('./cli/logs.ts')).logsCommand,
  },
  {
    name: 'exec',
    summary: 'run a command in a container of a task',
    load: async () => (await import('./cli/exec.ts')).execCommand,
  },
  {
    name: 'image',
    summary: 'list images, or fetch them before tasks need them',
    load: async () => (await import('./cli/image.ts')).imageCommand,
  },
  {
    name: 'audit',
    summary: 'show who called what',
    load: async () => (await import('./cli/audit.ts')).auditCommand,
  },
  { name: 'token', summary: 'let machines join', load: async () => (await import('./cli/token.ts')).tokenCommand },
  {
    name: 'env',
    summary: 'print the variables that point AWS tools at it',
    load: async () => (await import('./cli/env.ts')).envCommand,
  },
  {
    name: 'server',
    summary: 'run the control plane alone',
    load: async () => (await import('./roles/server.ts')).serverCommand,
  },
  {
    name: 'agent',
    summary: 'run the container agent alone',
    load: async () => (await import('./roles/agent.ts')).agentCommand,
  },
  {
    name: 'balancer',
    summary: 'serve load balancers on this machine',
    load: async () => (await import('./roles/balancer.ts')).balancerCommand,
  },
  {
    name: 'rotate-master-key',
    summary: 'make a new master key for the next start of the server',
    load: async () => (await import('./roles/rotate-master-key.ts')).rotateMasterKeyCommand,
  },
  {
    name: 'version',
    summary: 'print the version',
    load: async () => (await import('./cli/version.ts')).versionCommand,
  },
]

const overview = (): string => `longshore: Amazon ECS that you run yourself

Usage: longshore COMMAND [options]

${columns([...entries.map(({ name, summary }) => [name, summary] as const), ['help', "this text, or 'longshore help COMMAND'"]])}

Begin with: longshore up --dev
`

const entryOf = (name: string): Entry => {
  const entry = entries.find((candidate) => candidate.name === name)
  if (entry !== undefined) return entry
  const meant = closestName(name, [...entries.map((candidate) => candidate.name), 'help'])
  const hint = meant === undefined ? '' : ` (is "${meant}" meant?)`
  throw new UserError(`There is no command "${name}"${hint}. Run 'longshore help' for the list.`)
}

const help = async (name: string | undefined): Promise<number> => {
  process.stdout.write(name === undefined || name === 'help' ? overview() : usage(await entryOf(name).load()))
  return 0
}

/** Other spellings that people try. */
const ALIASES: Readonly<Record<string, string>> = {
  '--help': 'help',
  '-h': 'help',
  '--version': 'version',
  '-v': 'version',
}

const run = async (argv: readonly string[]): Promise<number> => {
  const [word = 'help', ...rest] = argv
  const name = ALIASES[word] ?? word
  if (name === 'help') return help(rest[0])
  const [own, trailing] = splitTrailing(rest)
  if (own.includes('--help') || own.includes('-h')) return help(name)
  const command = await entryOf(name).load()
  const words = command.trailing === undefined ? rest : own
  return command.run(resolveValues(command, words, process.env), operandsOf(command, words), trailing)
}

// Whoever reads the log may go away; that is no reason to end.
process.stderr.on('error', () => {})

const exitCode = async (argv: readonly string[]): Promise<number> => {
  try {
    return await run(argv)
  } catch (error) {
    const complaint = error instanceof UserError ? error.message : error instanceof Error ? error.stack : String(error)
    process.stderr.write(`longshore: ${complaint}\n`)
    return 1
  }
}

/** Resolves when what was written has reached its reader, or he is gone: a pipe takes only so much at once. */
const flushed = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise((resolve) => {
    if (stream.writableLength === 0) return resolve()
    stream.once('close', resolve)
    stream.write('', () => resolve())
  })

const code = await exitCode(process.argv.slice(2))
await Promise.all([process.stdout, process.stderr].map(flushed))
// Whatever is still open then, a connection or a timer, has nothing left to do.
process.exit(code)
