/** The parts of the Docker Engine API's answers that the agent reads, named as the API names them. */

export interface VersionAnswer {
  readonly Version: string
  readonly ApiVersion: string
  readonly MinAPIVersion?: string
}

export interface InfoAnswer {
  readonly NCPU: number
  readonly MemTotal: number
  readonly OperatingSystem: string
  readonly Architecture: string
  readonly CgroupVersion?: string
  readonly CgroupDriver?: string
  readonly Plugins?: { readonly Volume?: readonly string[]; readonly Log?: readonly string[] }
}

export interface PublishedPort {
  readonly HostIp: string
  readonly HostPort: string
}

export interface HealthAnswer {
  readonly Status: string
  readonly Log?: readonly {
    readonly Start: string
    readonly End: string
    readonly ExitCode: number
    readonly Output: string
  }[]
}

export interface InspectAnswer {
  readonly Id: string
  readonly Name: string
  readonly Created: string
  readonly Image: string
  readonly State: {
    readonly Status: string
    readonly OOMKilled: boolean
    readonly ExitCode: number
    readonly Error: string
    readonly StartedAt: string
    readonly FinishedAt: string
    /** 0 if it does not run. */
    readonly Pid?: number
    readonly Health?: HealthAnswer
  }
  readonly Config: {
    readonly Image: string
    readonly Labels: Readonly<Record<string, string>> | null
    readonly Env?: readonly string[] | null
  }
  readonly ExecIDs?: readonly string[] | null
  readonly NetworkSettings: {
    readonly Ports: Readonly<Record<string, readonly PublishedPort[] | null>> | null
    readonly Networks: Readonly<
      Record<string, { readonly IPAddress: string; readonly GlobalIPv6Address?: string }>
    > | null
  }
  readonly Mounts: readonly { readonly Name?: string; readonly Source: string; readonly Destination: string }[] | null
}

export interface ContainerSummary {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Image: string
  readonly ImageID: string
  readonly State: string
  /** Epoch seconds. */
  readonly Created: number
  readonly Labels: Readonly<Record<string, string>> | null
}

export interface ImageAnswer {
  readonly Id: string
  readonly RepoDigests: readonly string[] | null
  readonly Config?: { readonly Env?: readonly string[] | null } | null
}

export interface ImageSummary {
  readonly Id: string
  readonly RepoTags: readonly string[] | null
  readonly RepoDigests: readonly string[] | null
  /** Epoch seconds. */
  readonly Created: number
  readonly Size: number
}

export interface VolumeAnswer {
  readonly Name: string
  readonly Driver: string
  readonly Mountpoint: string
  readonly Labels: Readonly<Record<string, string>> | null
  readonly Options: Readonly<Record<string, string>> | null
}

export interface StatsAnswer {
  readonly read: string
  readonly cpu_stats: { readonly cpu_usage: { readonly total_usage: number }; readonly online_cpus?: number }
  readonly memory_stats: { readonly usage?: number; readonly stats?: Readonly<Record<string, number>> }
  readonly networks?: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?: readonly { readonly op: string; readonly value: number }[] | null
  }
}

export interface EventAnswer {
  readonly Action: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> | null }
}

export interface ProgressLine {
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

export interface ExecAnswer {
  readonly ID: string
  readonly Running: boolean
  /** Absent while it runs. */
  readonly ExitCode?: number | null
  /** In the engine's own process namespace; 0 before it has started. */
  readonly Pid: number
  readonly ContainerID: string
  /** Base64. */
  readonly DetachKeys?: string | null
}
