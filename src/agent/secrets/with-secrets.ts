/** A create body with the container's secrets in their places: its environment and the options of its log driver. Pure. */
import { isJsonObject, type JsonObject } from '../docker/overlay.ts'
import type { ContainerSecrets } from '../engine/tools.ts'
import type { ContainerCreateBody } from '../runtime.ts'

/** A secret wins over a variable or option of its name. */
export const withSecrets = (
  body: ContainerCreateBody,
  { environment, logOptions }: ContainerSecrets,
): ContainerCreateBody => {
  const hostConfig = objectOf(body['HostConfig'])
  return {
    ...body,
    ...(hasAny(environment) && { Env: withVariables(body['Env'], environment) }),
    ...(hasAny(logOptions) && { HostConfig: withLogOptions(hostConfig, logOptions) }),
  }
}

const hasAny = (values: Readonly<Record<string, string>>): boolean => Object.keys(values).length > 0

const withVariables = (env: unknown, variables: Readonly<Record<string, string>>): readonly string[] => {
  const others = (Array.isArray(env) ? (env as readonly string[]) : []).filter(
    (entry) => !Object.hasOwn(variables, entry.split('=', 1)[0] ?? ''),
  )
  return [...others, ...Object.entries(variables).map(([name, value]) => `${name}=${value}`)]
}

const withLogOptions = (hostConfig: JsonObject, options: Readonly<Record<string, string>>): JsonObject => {
  const logConfig = objectOf(hostConfig['LogConfig'])
  return { ...hostConfig, LogConfig: { ...logConfig, Config: { ...objectOf(logConfig['Config']), ...options } } }
}

const objectOf = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})
