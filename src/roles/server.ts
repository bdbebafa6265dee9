/** `longshore server`: the control plane as a process. Opens the journal and the port, and ends cleanly. */
import type { Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { type Clock, SystemClock } from '../kit/clock.ts'
import { command, UserError, type Values, wholeNumber } from '../kit/command.ts'
import { type Ids, SystemIds } from '../kit/ids.ts'
import {
  auditDir,
  logEventsDir,
  metricsDir,
  readRootKey,
  removeNote,
  serverDir,
  writeNote,
} from '../kit/installation.ts'
import type { Log } from '../kit/log.ts'
import { http } from '../kit/node.ts'
import { hasParent, untilToldToEnd } from '../kit/process-end.ts'
import { LONGEST_AUDIT_DAYS } from '../model/audit-limits.ts'
import { AuditLog } from '../store/audit/audit-log.ts'
import { FileAuditReader } from '../store/audit/audit-reader.ts'
import { JournalError } from '../store/journal/journal.ts'
import { SqliteJournal } from '../store/journal/sqlite.ts'
import { FileLogStore } from '../store/logs/file-log-store.ts'
import { LogStoreError } from '../store/logs/log-store.ts'
import { StoredLogGroups } from '../store/logs/stored-log-groups.ts'
import { MetricStoreAtFirstUse } from '../store/metrics/metric-store-at-first-use.ts'
import { Store } from '../store/store.ts'
import { configureServer } from '../wire/listener.ts'
import { agentUrl, listen, localUrl } from './address.ts'
import { callForBalancer } from './balancer-call.ts'
import { OWN_AGENT, OWN_BALANCER, ownActivation, type OwnJoining } from './own-activation.ts'
import { bootstrap, keepRootKey } from './bootstrap.ts'
import { sayReady } from './child.ts'
import { certificateAuthorityOf } from './certificate-options.ts'
import { replicationEndpoints } from './registry-destinations.ts'
import { openBlobStore } from './registry-parts.ts'
import { openMasterKey } from './master-key.ts'
import type { secureServer } from './tls/secure-server.ts'
import type { ServerCertificate } from './tls/server-certificate.ts'
import { ControlPlane } from './control-plane.ts'
import {
  checkServerOptions,
  loadBalancingSettings,
  openLog,
  patienceOf,
  registryStorage,
  serverOptions,
} from './options.ts'
import {
  firstGreeting,
  greeting,
  inDataDir,
  isFirstStart,
  noteOf,
  type NoteSource,
  refuseIfRunning,
} from './running.ts'

type ServerValues = Values<typeof serverOptions>

export const serverCommand = command({
  name: 'server',
  summary: 'run the control plane alone',
  options: serverOptions,
  run: async (values) => {
    checkServerOptions(values)
    if (!hasParent()) refuseIfRunning(values['data-dir'])
    try {
      await serve(values)
      return 0
    } catch (error) {
      if (error instanceof JournalError || error instanceof LogStoreError)
        throw new UserError(error.message, { cause: error })
      throw error
    }
  },
})

/** How often connections that hang are looked for: the header timeout is 10 s. */
const CONNECTIONS_CHECK_MS = 5000
/** How long every call is answered with a fault when the journal has failed, so that who waits hears of it. */
const LAST_ANSWERS_MS = 100

/** Runs until the process is told to end, or the journal fails: then it rejects with that. */
const serve = async (values: ServerValues): Promise<void> => {
  const [clock, ids] = [new SystemClock(), new SystemIds()]
  const log = openLog(clock, values)
  const { account, region, cluster, dev: isDev, 'data-dir': dataDir } = values
  const { promise: failed, resolve: fail } = Promise.withResolvers<JournalError>()
  const store = await Store.open(SqliteJournal.open(serverDir(dataDir)), fail)
  const sealer = await openMasterKey({ dataDir, givenFile: values['master-key-file'], store, log })
  const isFirst = isFirstStart(dataDir)
  const { keys, rootAccessKey } = await bootstrap({
    store,
    clock,
    ids,
    sealer,
    account,
    region,
    cluster,
    keptRootKey: readRootKey(dataDir),
  })
  inDataDir(serverDir(dataDir), () => keepRootKey(dataDir, rootAccessKey))

  const certificate = await certificateOf(values, clock, ids)
  const scheme = certificate === undefined ? 'http' : 'https'
  const { server, open } = await createDoor(certificate, clock, log)
  const port = await listen(server, values)
  const urls = [localUrl(scheme, values.host, port), agentUrl(scheme, values.host, port, values.advertise)] as const
  const endpoint = await endpointOf(certificate, urls)
  const audit = openAudit(values, clock, log)
  const groups = new StoredLogGroups(store, sealer)
  const logs = await FileLogStore.open({ directory: logEventsDir(dataDir), groups, log })
  const metrics = new MetricStoreAtFirstUse({ directory: metricsDir(dataDir), clock, log })
  const blobs = await openBlobStore(registryStorage(values), { store, clock, sealer, ids, account, region })
  const settings = { account, region, isDev, keys, audit, logs, metrics, blobs, endpoint: urls[1] }
  const { 'registry-suffix': registrySuffix, advisories: advisoriesFile } = values
  const patience = patienceOf(values)
  const controlPlane = new ControlPlane({
    store,
    clock,
    ids,
    log,
    patience,
    registrySuffix,
    advisoriesFile,
    certificateAuthority: certificateAuthorityOf(values, { clock, ids }),
    loadBalancing: loadBalancingSettings(values),
    replicationEndpoints: replicationEndpoints(values['registry-destinations']),
    ...settings,
  })
  await controlPlane.start()
  open(controlPlane)
  log.info('listening', { endpoint, dataDir, account, region, isDev })
  const { authorityFile, trustFile } = certificate ?? {}
  const activation = async (joining: OwnJoining) =>
    isDev ? {} : ownActivation({ joining, store, ids, clock, account, region })
  if (!hasParent()) introduce(values, isFirst, { endpoint, agentEndpoint: urls[1], clock, authorityFile })
  sayReady({
    endpoint,
    agentEndpoint: urls[1],
    ...(await activation(OWN_AGENT)),
    ...(authorityFile && { authorityFile }),
    ...(trustFile && { trustFile }),
  })
  if (hasParent()) callForBalancer({ store, log, activation: async () => activation(OWN_BALANCER) })

  const failure = await Promise.race([failed, untilToldToEnd()])
  if (failure !== undefined) {
    // Nothing acknowledged is lost by ending now, and whatever else would be said could be wrong.
    log.error('the journal failed; ending', { error: failure.message })
    await clock.sleep(LAST_ANSWERS_MS)
    throw failure
  }
  server.close()
  await controlPlane.stop()
  server.closeAllConnections()
  await logs.close()
  await blobs.close()
  await metrics.close()
  await store.close()
  audit.sink.close()
  removeNote(dataDir)
  log.info('stopped', { endpoint })
}

const openAudit = (values: ServerValues, clock: Clock, log: Log) => {
  const directory = auditDir(values['data-dir'])
  const days = wholeNumber('audit-days', values['audit-days'], 1, LONGEST_AUDIT_DAYS)
  const sink = inDataDir(directory, () => new AuditLog({ directory, days, clock, log }))
  return { sink, reader: new FileAuditReader(directory) }
}

interface Door {
  readonly server: Server
  readonly open: (controlPlane: ControlPlane) => void
}

/** Undefined where plain HTTP is spoken; then nothing of TLS is loaded. */
const certificateOf = async (values: ServerValues, clock: Clock, ids: Ids): Promise<ServerCertificate | undefined> => {
  if (!values.tls && values['tls-cert'] === undefined) return undefined
  const { serverCertificate } = await import('./tls/server-certificate.ts')
  return serverCertificate(values, clock, ids)
}

const endpointOf = async (
  certificate: ServerCertificate | undefined,
  urls: readonly [string, string],
): Promise<string> => {
  if (certificate === undefined) return urls[0]
  const { urlFor } = await import('./tls/server-certificate.ts')
  return urlFor(await certificate.current(), urls)
}

const openSecure: typeof secureServer = async (...args) =>
  (await import('./tls/secure-server.ts')).secureServer(...args)

/** A server whose address is known before what it serves is: whoever comes too early waits until it is opened. */
const createDoor = async (certificate: ServerCertificate | undefined, clock: Clock, log: Log): Promise<Door> => {
  const { promise: opened, resolve: open } = Promise.withResolvers<ControlPlane>()
  const options = { connectionsCheckingInterval: CONNECTIONS_CHECK_MS }
  const server =
    certificate === undefined ? http.createServer(options) : await openSecure(certificate, options, { clock, log })
  configureServer(server)
  /** A mistake of ours in answering one client is no reason to leave all the others. */
  const serve = (socket: Duplex, work: (plane: ControlPlane) => void): void =>
    void opened.then(work).catch((error: unknown) => {
      log.error('a request failed', { error })
      socket.destroy()
    })
  server.on('request', (request, response) => serve(request.socket, ({ listener }) => listener(request, response)))
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    serve(socket, (plane) => plane.handleUpgrade(request, socket, head))
  })
  return { server, open }
}

/** On its own, the server says what `up` says otherwise. */
const introduce = (
  values: ServerValues,
  isFirst: boolean,
  where: Pick<NoteSource, 'endpoint' | 'agentEndpoint' | 'clock' | 'authorityFile'>,
): void => {
  const { account, region, cluster, dev, 'data-dir': dataDir } = values
  const note = noteOf({ ...where, account, region, cluster, dev, runtime: 'none' })
  inDataDir(dataDir, () => writeNote(dataDir, note))
  process.stdout.write(greeting(note, dataDir) + (isFirst ? firstGreeting(note, dataDir, process.stdout.isTTY) : ''))
}
