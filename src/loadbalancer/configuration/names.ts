/** Names of sections and servers in the configuration: made of the API's names so that people recognize them, and never ambiguous. */

const CHARACTERS_TO_ESCAPE = /[^A-Za-z0-9.:-]/g

/** Letters, digits and `_ . : -`, whatever it is made of; different names stay different. */
export const identifier = (name: string): string =>
  name.replace(
    CHARACTERS_TO_ESCAPE,
    (character) => `_${character.codePointAt(0)?.toString(16).padStart(4, '0') ?? ''}_`,
  )

/** Of the backend whose servers are checked. */
export const backendName = (targetGroupArn: string): string => {
  const [, name, id] = targetGroupArn.slice(targetGroupArn.lastIndexOf(':') + 1).split('/')
  return name === undefined || id === undefined ? identifier(targetGroupArn) : `${identifier(name)}.${identifier(id)}`
}

/** Of the backend with the same servers unchecked, which gets requests when too few targets are healthy. */
export const openBackendName = (targetGroupArn: string): string => `${backendName(targetGroupArn)}:open`

/** Of a target, by its `targetKey()`. */
export const serverName = (targetKey: string): string => identifier(targetKey)

/** Of a listener's section: the ends of the ARNs of load balancer and listener, which are unique. */
export const listenerName = (listenerArn: string): string => {
  const [, , name = '', loadBalancerId = '', listenerId = ''] = listenerArn.split('/')
  return `${identifier(name)}.${identifier(loadBalancerId)}.${identifier(listenerId)}`
}
