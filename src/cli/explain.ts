/** `longshore explain service NAME`: why a service is not (yet) where it should be, asked of the API and of the scheduler's last plan. */
import { ClusterNotFoundException, ECSClient } from '@aws-sdk/client-ecs'
import { SystemClock } from '../kit/clock.ts'
import { command, UserError } from '../kit/command.ts'
import type { RunningNote } from '../kit/installation.ts'
import { inventory, readFacts, serviceNames } from './explain/facts.ts'
import { json as asJson, page } from './explain/page.ts'
import { clientCredentials, dataDirOption, requireNote } from './options.ts'

export const explainCommand = command({
  name: 'explain',
  summary: 'say why a service is not where it should be',
  operands: 'service NAME',
  details:
    'Shows what stands in the way, the deployments, the tasks that failed, and the last service events. Times are UTC.',
  options: {
    ...dataDirOption,
    cluster: { type: 'string', valueName: 'NAME', description: "the service's cluster, if not that of `up`" },
    json: { type: 'boolean', description: 'print JSON for scripts' },
  },
  run: async ({ 'data-dir': dataDir, cluster, json }, operands) => {
    const [kind, name, ...rest] = operands
    checkOperands(kind, name, rest)
    const note = requireNote(dataDir)
    const client = new ECSClient({
      endpoint: note.endpoint,
      region: note.region,
      credentials: clientCredentials(dataDir, note),
    })
    const facts = await ask(client, note, cluster ?? note.cluster, name)
    process.stdout.write(json ? `${JSON.stringify(asJson(facts), null, 2)}\n` : page(facts))
    return 0
  },
})

const USAGE = 'longshore explain service NAME'

const checkOperands = (kind: string | undefined, name: string | undefined, rest: readonly string[]): void => {
  if (kind === undefined) throw new UserError(`Explain what? ${USAGE}`)
  if (kind !== 'service' && kind !== 'services') {
    const meant = name === undefined ? `longshore explain service ${kind}` : USAGE
    throw new UserError(`"${kind}" cannot be explained, only services can: ${meant}`)
  }
  if (rest.length > 0) throw new UserError(`"${rest[0]}" is one word too many: ${USAGE}`)
}

/** Without a name the user hears which there are. */
const ask = async (client: ECSClient, note: RunningNote, cluster: string, name: string | undefined) => {
  try {
    if (name === undefined) throw new UserError(`Which service? ${inventory(await serviceNames(client, cluster))}`)
    return await readFacts(client, cluster, name, new SystemClock().now())
  } catch (error) {
    throw complaint(error, note, cluster)
  } finally {
    client.destroy()
  }
}

const complaint = (error: unknown, { endpoint, processId }: RunningNote, cluster: string): unknown => {
  if (error instanceof UserError) return error
  if (error instanceof ClusterNotFoundException) {
    return new UserError(`There is no cluster "${cluster}". 'longshore status' lists those there are.`, {
      cause: error,
    })
  }
  const { name, message } = error as Error
  const isFault = '$fault' in (error as object)
  return new UserError(
    isFault
      ? message || name
      : `Longshore runs as process ${processId}, but ${endpoint} does not answer as it should (${message || name}): its log says why.`,
    { cause: error },
  )
}
