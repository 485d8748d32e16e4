extension Settings {
    /// The page of the documentation that lists every option.
    package static let page: String = {
        var lines = [introduction]
        var section: String?
        for option in OptionTable.options {
            if option.section != section {
                section = option.section
                lines += ["", option.section.isEmpty ? "## General" : "## \(option.section)"]
                lines += ["", "| key | what it is | give | default | changes |"]
                lines.append("|---|---|---|---|---|")
            }
            lines.append(option.row)
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    private static let introduction = """
        # Settings

        Made by `portolan help settings --markdown`; a test holds it to the program.

        Settings come from four places, the strongest first:

        1. flags: `--set limits.streams=64`, or the option's own flag, such as `--memory 1GiB`;
        2. the environment: `PORTOLAN_` and the key in capitals, with `_` for each dot:
           `PORTOLAN_LIMITS_STREAMS=64`;
        3. the file given by `--config`, in YAML:

               listen:
                 otlp_grpc:
                   address: [0.0.0.0, "::"]
                   tls:
                     certificate: /etc/portolan/cert.pem
                     key: /etc/portolan/key.pem
                   token_file: /run/secrets/otlp_token
               limits:
                 request_body: 16MiB

        4. the defaults below.

        A list is a YAML list in the file, and parted by commas elsewhere. `${env:NAME}` in a value
        of the file becomes the variable NAME, which must be set. A secret can be given as itself
        or, with `_file` after its key, as the file that holds it.

        Sizes are bytes or carry a unit: `KiB`, `MiB`, `GiB`, `TiB` count by 1024, `kB`, `MB`, `GB`,
        `TB` by 1000. Times carry `ms`, `s`, `m` or `h`.

        `portolan check-config FILE` finds every wrong key and value. `portolan serve
        --print-config` prints the settings in force and where each came from, secrets masked.

        An address that other machines can reach needs TLS and a token on its listener, or the
        listener's name in `listen.insecure`; `otlp` there means both OTLP listeners.

        "At reload" means that SIGHUP brings a new value into force, "at restart" that it does not.
        """
}

extension Option {
    /// The chapter that it stands in: a listener's options stand together.
    fileprivate var section: String {
        key.split(separator: ".").dropLast().prefix(2).joined(separator: ".")
    }

    fileprivate var row: String {
        let names = [key, fileKey].compactMap { $0 }.map { "`\($0)`" }.joined(separator: ", ")
        let ownFlag = flag.map { " (`--\($0)`)" } ?? ""
        let standard = written(Settings.defaults).map { "`\($0.yaml)`" } ?? "not set"
        let cells = [names + ownFlag, sentence, expects, standard, change.rawValue]
        return "| \(cells.joined(separator: " | ")) |"
    }
}
