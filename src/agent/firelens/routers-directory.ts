/** Whether a host has log routers, and where their files are. */
import path from 'node:path'
import type { AgentConfig } from '../config.ts'
import type { RuntimeInfo } from '../runtime.ts'

/** By which containers write to their task's router. */
const DRIVER = 'fluentd'

/**
 * Of the files of all routers; undefined where there are none, because the engine has not the driver, or is on another host, whose files nobody
 * here writes, or because neither the driver nor FireLens itself is made available. The engine is told of the directory too: it is a whole path.
 */
export const routersDirectory = (
  {
    availableLoggingDrivers: drivers = [DRIVER],
    dataDirectory,
    dockerHost,
  }: Pick<AgentConfig, 'availableLoggingDrivers' | 'dataDirectory' | 'dockerHost'>,
  { loggingDrivers }: Pick<RuntimeInfo, 'loggingDrivers'>,
): string | undefined => {
  const isOffered = drivers.some((driver) => driver === DRIVER || driver === 'awsfirelens')
  const isPossible = loggingDrivers.includes(DRIVER) && 'socketPath' in dockerHost.target
  return isOffered && isPossible ? path.resolve(dataDirectory, 'firelens') : undefined
}
