/**
 * The configuration that makes a routing table true on a machine. Pure: the same table and settings give the same configuration. Targets stand
 * on lines of their own, which `textWithoutServers` leaves out: what is left changes with listeners, rules and certificates alone.
 */
import type { LoadBalancerRoute, RoutingTable } from '../../model/load-balancing/routing.ts'
import { type BackendSection, backendSections } from './backends.ts'
import { NO_BACKENDS } from './forward.ts'
import { addCommonSections } from './global.ts'
import { addListener, isServedHere, namedRules } from './listeners.ts'
import { listenerName } from './names.ts'
import { addAuthenticator } from './oidc.ts'
import { isOn } from './scope.ts'
import type { HostSettings, RenderedConfiguration, RenderedRule, RenderedServer } from './settings.ts'
import { addSharedPort, type SharedListener } from './shared-ports.ts'
import { sectionText, Sink } from './sink.ts'

export const renderConfiguration = (table: RoutingTable, host: HostSettings): RenderedConfiguration => {
  const sink = new Sink(host)
  const rules = new Map<string, RenderedRule>()
  addCommonSections(host, sink)
  for (const [mode, name] of Object.entries(NO_BACKENDS))
    for (const title of [name, `${name}:open`]) sink.addSection(`backend ${title} from ${mode}`, [])
  addAuthenticator(table, host, sink)
  addListeners(table, host, sink, rules)
  const backends = backendSections(table, host)
  const text = sink.sections.join('\n')
  const withBackends = (withServers: boolean): string =>
    [text, ...backends.map((backend) => backendText(backend, withServers))].join('\n')
  return {
    text: withBackends(true),
    textWithoutServers: withBackends(false),
    files: sink.files,
    backends: new Map(backends.map(({ backend }) => [backend.name, backend])),
    rules,
    problems: sink.problems,
  }
}

const backendText = ({ title, lines, backend }: BackendSection, withServers: boolean): string =>
  sectionText(title, withServers ? [...lines, ...backend.servers.map(serverLine)] : lines)

const serverLine = ({ name, address, parameters }: RenderedServer): string =>
  `server ${name} ${address} ${parameters}`.trimEnd()

const addListeners = (table: RoutingTable, host: HostSettings, sink: Sink, rules: Map<string, RenderedRule>): void => {
  const { sharedAddress } = host
  const shared = new Map<number, SharedListener[]>()
  for (const loadBalancer of table.loadBalancers.values())
    for (const listener of loadBalancer.listeners.filter(isServedHere)) {
      const section = listenerName(listener.listenerArn)
      const isLogged = isOn(loadBalancer.attributes, 'access_logs.s3.enabled')
      const isShared = sharedAddress !== undefined && host.isBindable(sharedAddress, listener.port)
      const scope = { table, host, loadBalancer, listener, section, isLogged, sink }
      if (!addListener(scope, isShared)) continue
      addRules(loadBalancer, listener, rules)
      const certificates = listener.certificateArns.flatMap((arn) => table.certificates.get(arn) ?? [])
      const others = shared.get(listener.port) ?? []
      if (isShared) shared.set(listener.port, [...others, { section, listener, loadBalancer, certificates }])
    }
  if (sharedAddress !== undefined)
    for (const [port, listeners] of shared) addSharedPort(sharedAddress, port, listeners, host, sink)
}

const addRules = (
  { loadBalancerArn }: LoadBalancerRoute,
  listener: LoadBalancerRoute['listeners'][number],
  rules: Map<string, RenderedRule>,
): void => {
  for (const { name, rule } of namedRules(listener))
    rules.set(name, {
      loadBalancerArn,
      listenerArn: listener.listenerArn,
      ruleArn: rule.ruleArn,
      priority: rule.priority,
      actions: rule.actions.map(({ Type: type = '' }) => type),
    })
}
