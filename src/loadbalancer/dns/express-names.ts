/** Endpoints of Express services, which are names in zones of their own: `<id>.ecs.<region>.<suffix>`. Rules of listeners name them. */
import type { LoadBalancerRoute } from '../../model/load-balancing/routing.ts'

const LABEL = /^[a-z0-9-]{1,63}$/

/** The zone that a name in small letters is in, or is the top of; undefined if that is none of Express services. */
export const expressZoneOf = (name: string, suffix: string): string | undefined => {
  if (!name.endsWith(`.${suffix}`)) return undefined
  const [region = '', ecs, ...more] = name
    .slice(0, -suffix.length - 1)
    .split('.')
    .toReversed()
  const isZone = ecs === 'ecs' && LABEL.test(region) && more.length <= 1
  return isZone ? `ecs.${region}.${suffix}` : undefined
}

/** In small letters. */
export const expressNamesOf = ({ listeners }: LoadBalancerRoute, suffix: string): readonly string[] =>
  listeners
    .flatMap(({ rules }) => rules)
    .flatMap(({ conditions }) => conditions)
    .flatMap(({ HostHeaderConfig: hosts }) => hosts?.Values ?? [])
    .map((host) => host.toLowerCase())
    .filter((host) => LABEL.test(host.split('.')[0] ?? '') && isBelow(host, expressZoneOf(host, suffix)))

const isBelow = (host: string, zone: string | undefined): boolean => zone !== undefined && host !== zone
