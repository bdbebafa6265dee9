/** A switch of the kernel's network stack, in this process's network namespace. */
import { readFileSync, writeFileSync } from 'node:fs'

export interface KernelSetting {
  isOn(): boolean
  /** Throws if it may not be changed. */
  set(isOn: boolean): void
}

const ROUTE_LOCALNET = '/proc/sys/net/ipv4/conf/all/route_localnet'

/** Whether packets from elsewhere may be sent on to addresses of the loopback interface. */
export const routeLocalnet: KernelSetting = {
  isOn: () => readFileSync(ROUTE_LOCALNET, 'utf8').trim() === '1',
  set: (isOn) => writeFileSync(ROUTE_LOCALNET, isOn ? '1' : '0'),
}
