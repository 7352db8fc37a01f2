#include "CMockUSB.h"

#include <umockdev.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <linux/usbdevice_fs.h>
#include <poll.h>
#include <pthread.h>
#include <pty.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

enum { HIGHEST_ADDRESS = 127 };

// A transfer that a host has submitted: its `usbdevfs_urb`, with the buffer resolved. It goes back to that host alone.
struct transfer {
    uint64_t number;
    UMockdevIoctlClient *client; // only compared
    UMockdevIoctlData *data;
};

// What lies at one address. The node's handler stays from the first device to the last: taking it away again would race
// with umockdev's own thread. A host that still has the node of an earlier device open is told from one that has this one's
// by `plug`, which is noted with each opened node.
struct slot {
    mock_bus *bus;
    UMockdevIoctlBase *handler;
    uint64_t plug;       // 0: nothing is plugged in
    uint64_t owner;      // whose transfers are in the queues; stays when it is unplugged, until the next one
    bool connected;      // false once the cable is pulled
    char node[512];      // the node's path below the bus's folder
    char target[64];     // the pseudo-terminal behind it
    int controller;      // the pseudo-terminal's controlling end; closing it is what a host's poll() sees of a pull
    int terminal;
    GQueue pending;      // struct transfer *, submitted and not finished
    GQueue finished;     // struct transfer *, to be reaped
    UMockdevIoctlClient *claimer; // who has claimed the interface; a reference, or NULL
    GBytes *descriptors; // what the node has to read
    unsigned speed;
    bool configured;
    unsigned unconfigured; // how often a host was told that it is not, of what is plugged in
    int former;          // the folder in sysfs of what lay here before; while it is open no other gets its inode number
};

struct mock_bus {
    mock_handler handler;
    UMockdevTestbed *bed;
    char *root;
    int udev;             // what programs look for to see whether udev runs
    pthread_mutex_t lock; // over everything below and the slots
    uint64_t plugs, transfers, ioctls;
    struct slot slots[HIGHEST_ADDRESS + 1];
};

static struct usbdevfs_urb *urb(UMockdevIoctlData *data) { return (struct usbdevfs_urb *)data->data; }

// A node of usbfs is writable exactly while there is something to reap. A terminal whose output is stopped is not writable.
static void show_readiness(struct slot *slot) {
    if (slot->terminal >= 0) tcflow(slot->terminal, g_queue_is_empty(&slot->finished) ? TCOOFF : TCOON);
}

static struct slot *slot_of(mock_bus *bus, uint64_t plug) {
    for (int address = 1; plug != 0 && address <= HIGHEST_ADDRESS; address++)
        if (bus->slots[address].plug == plug) return &bus->slots[address];
    return NULL;
}

static void finish(struct slot *slot, GList *link, int status, const uint8_t *bytes, size_t length) {
    struct transfer *transfer = link->data;
    struct usbdevfs_urb *u = urb(transfer->data);
    size_t header = u->type == USBDEVFS_URB_TYPE_CONTROL ? 8 : 0;
    size_t room = u->buffer_length > 0 && (size_t)u->buffer_length >= header ? (size_t)u->buffer_length - header : 0;
    if (length > room) {
        length = room;
        status = -EOVERFLOW;
    }
    if (bytes && length > 0) memcpy((uint8_t *)u->buffer + header, bytes, length);
    u->actual_length = (int)length;
    u->status = status;
    g_queue_delete_link(&slot->pending, link);
    g_queue_push_tail(&slot->finished, transfer);
}

static GList *pending_transfer(struct slot *slot, uint64_t number) {
    for (GList *link = slot->pending.head; link; link = link->next)
        if (((struct transfer *)link->data)->number == number) return link;
    return NULL;
}

static void forget_transfers(GQueue *queue) {
    for (struct transfer *transfer; (transfer = g_queue_pop_head(queue)) != NULL;) {
        g_object_unref(transfer->data);
        g_free(transfer);
    }
}

// MARK: - ioctls

static unsigned number_at(UMockdevIoctlData *argument, size_t offset) {
    g_autoptr(UMockdevIoctlData) data = umockdev_ioctl_data_resolve(argument, 0, offset + sizeof(unsigned), NULL);
    unsigned number = 0;
    if (data) memcpy(&number, data->data + offset, sizeof number);
    return number;
}

static int submit(struct slot *slot, uint64_t plug, UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
    mock_bus *bus = slot->bus;
    g_autoptr(UMockdevIoctlData) data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
    if (!data) return EFAULT;
    struct usbdevfs_urb *u = urb(data);
    bool control = u->type == USBDEVFS_URB_TYPE_CONTROL;
    if (u->buffer_length < 0 || (control && u->buffer_length < 8)) return EINVAL;
    if (!control && u->type != USBDEVFS_URB_TYPE_BULK) return EINVAL;
    g_autoptr(UMockdevIoctlData) buffer =
        umockdev_ioctl_data_resolve(data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer), (size_t)u->buffer_length, NULL);
    if (!buffer && u->buffer_length > 0) return EFAULT;
    u->status = 0;
    u->actual_length = 0;

    // Copied, for the buffer can be finished, reaped and gone while the caller still looks at it.
    size_t length = (size_t)u->buffer_length;
    uint8_t endpoint = u->endpoint;
    g_autofree uint8_t *sent = g_malloc0(length + 1);
    if (control || !(endpoint & 0x80)) memcpy(sent, u->buffer, length);

    struct transfer *transfer = g_malloc(sizeof *transfer);
    pthread_mutex_lock(&bus->lock);
    if (slot->plug != plug || !slot->connected) {
        pthread_mutex_unlock(&bus->lock);
        g_free(transfer);
        return ENODEV;
    }
    uint64_t number = ++bus->transfers;
    *transfer = (struct transfer){.number = number, .client = client, .data = g_object_ref(data)};
    g_queue_push_tail(&slot->pending, transfer);
    pthread_mutex_unlock(&bus->lock);
    bus->handler.submitted(bus->handler.context, plug, number, control, endpoint, sent, length);
    return 0;
}

static int reap(struct slot *slot, uint64_t plug, UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
    g_autoptr(UMockdevIoctlData) place = umockdev_ioctl_data_resolve(argument, 0, sizeof(void *), NULL);
    if (!place) return EFAULT;
    g_autofree struct transfer *transfer = NULL;
    pthread_mutex_lock(&slot->bus->lock);
    bool current = slot->owner == plug;
    for (GList *link = current ? slot->finished.head : NULL; link && !transfer; link = link->next) {
        if (((struct transfer *)link->data)->client != client) continue;
        transfer = link->data;
        g_queue_delete_link(&slot->finished, link);
        break;
    }
    int error = transfer ? 0 : current && slot->connected ? EAGAIN : ENODEV;
    if (current) show_readiness(slot);
    pthread_mutex_unlock(&slot->bus->lock);
    if (!transfer) return error;
    umockdev_ioctl_data_set_ptr(place, 0, transfer->data);
    g_object_unref(transfer->data);
    return 0;
}

static int discard(struct slot *slot, uint64_t plug, UMockdevIoctlClient *client, UMockdevIoctlData *argument) {
    gulong address;
    memcpy(&address, argument->data, sizeof address);
    uint64_t number = 0;
    pthread_mutex_lock(&slot->bus->lock);
    for (GList *link = slot->plug == plug ? slot->pending.head : NULL; link; link = link->next) {
        struct transfer *transfer = link->data;
        if (transfer->client != client || transfer->data->client_addr != address) continue;
        number = transfer->number;
        finish(slot, link, -ENOENT, NULL, 0);
        show_readiness(slot);
        break;
    }
    pthread_mutex_unlock(&slot->bus->lock);
    if (number == 0) return EINVAL;
    slot->bus->handler.discarded(slot->bus->handler.context, plug, number);
    return 0;
}

static int ask(struct slot *slot, uint64_t plug, enum mock_request request, unsigned value) {
    return slot->bus->handler.asked(slot->bus->handler.context, plug, request, value);
}

// One host has an interface at a time. A dongle has one interface.
static int claim(struct slot *slot, uint64_t plug, UMockdevIoctlClient *client, unsigned number) {
    UMockdevIoctlClient *claimer = slot->claimer;
    if (claimer && claimer != client && umockdev_ioctl_client_get_connected(claimer)) return EBUSY;
    int error = ask(slot, plug, MOCK_CLAIM, number);
    if (error == 0) g_set_object(&slot->claimer, client);
    return error;
}

static int release(struct slot *slot, uint64_t plug, UMockdevIoctlClient *client, unsigned number) {
    if (slot->claimer != client) return EINVAL;
    g_clear_object(&slot->claimer);
    return ask(slot, plug, MOCK_RELEASE, number);
}

// GET_CONFIGURATION, which is all that is asked on the control pipe in one call, without a transfer.
static int control(struct slot *slot, uint64_t plug, UMockdevIoctlData *argument, int *result) {
    size_t size = sizeof(struct usbdevfs_ctrltransfer);
    g_autoptr(UMockdevIoctlData) data = umockdev_ioctl_data_resolve(argument, 0, size, NULL);
    if (!data) return EFAULT;
    struct usbdevfs_ctrltransfer request;
    memcpy(&request, data->data, sizeof request);
    if (request.bRequestType != 0x80 || request.bRequest != 8 || request.wLength != 1) return EPIPE;
    size_t place = G_STRUCT_OFFSET(struct usbdevfs_ctrltransfer, data);
    g_autoptr(UMockdevIoctlData) answer = umockdev_ioctl_data_resolve(data, place, 1, NULL);
    if (!answer) return EFAULT;
    pthread_mutex_lock(&slot->bus->lock);
    answer->data[0] = slot->configured ? 1 : 0;
    unsigned unconfigured = slot->configured ? 0 : ++slot->unconfigured;
    pthread_mutex_unlock(&slot->bus->lock);
    if (unconfigured > 0) ask(slot, plug, MOCK_UNCONFIGURED, unconfigured);
    *result = 1;
    return 0;
}

// The number of the error, 0, or -1 for a request that usbfs would not know.
static int answer(
    struct slot *slot, uint64_t plug, UMockdevIoctlClient *client, gulong request, UMockdevIoctlData *argument,
    int *result) {
    switch (request) {
    case USBDEVFS_CONTROL: return control(slot, plug, argument, result);
    case USBDEVFS_GET_SPEED:
        // `enum usb_device_speed` of linux/usb/ch9.h: full and high.
        *result = slot->speed == 12 ? 2 : 3;
        return 0;
    case USBDEVFS_GET_CAPABILITIES: {
        g_autoptr(UMockdevIoctlData) data = umockdev_ioctl_data_resolve(argument, 0, sizeof(guint32), NULL);
        if (!data) return EFAULT;
        guint32 capabilities = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
            USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_BULK_SCATTER_GATHER | USBDEVFS_CAP_REAP_AFTER_DISCONNECT;
        memcpy(data->data, &capabilities, sizeof capabilities);
        return 0;
    }
    case USBDEVFS_SUBMITURB: return submit(slot, plug, client, argument);
    case USBDEVFS_DISCARDURB: return discard(slot, plug, client, argument);
    case USBDEVFS_CLAIMINTERFACE: return claim(slot, plug, client, number_at(argument, 0));
    case USBDEVFS_RELEASEINTERFACE: return release(slot, plug, client, number_at(argument, 0));
    case USBDEVFS_SETCONFIGURATION: return ask(slot, plug, MOCK_SET_CONFIGURATION, number_at(argument, 0));
    case USBDEVFS_CLEAR_HALT:
    case USBDEVFS_RESETEP: return ask(slot, plug, MOCK_CLEAR_HALT, number_at(argument, 0));
    case USBDEVFS_RESET: return ask(slot, plug, MOCK_RESET, 0);
    case USBDEVFS_SETINTERFACE: {
        g_autoptr(UMockdevIoctlData) data =
            umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_setinterface), NULL);
        if (!data) return EFAULT;
        struct usbdevfs_setinterface setting;
        memcpy(&setting, data->data, sizeof setting);
        return ask(slot, plug, MOCK_SET_INTERFACE, (setting.altsetting & 0xff) << 8 | (setting.interface & 0xff));
    }
    case USBDEVFS_GETDRIVER: return ENODATA;
    default: return -1;
    }
}

// The plugging-in whose node this client has opened: the one that was there when it first asked for something.
static uint64_t plug_of(UMockdevIoctlClient *client, struct slot *slot) {
    static const char key[] = "plug";
    uint64_t *noted = g_object_get_data(G_OBJECT(client), key);
    if (!noted) {
        noted = g_new(uint64_t, 1);
        *noted = slot->plug;
        g_object_set_data_full(G_OBJECT(client), key, noted, g_free);
    }
    return *noted;
}

static gboolean on_ioctl(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, struct slot *slot) {
    (void)handler;
    gulong request = umockdev_ioctl_client_get_request(client);
    UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client);
    bool reaps = request == USBDEVFS_REAPURB || request == USBDEVFS_REAPURBNDELAY;
    pthread_mutex_lock(&slot->bus->lock);
    slot->bus->ioctls++;
    uint64_t plug = plug_of(client, slot);
    bool there = plug != 0 && slot->plug == plug && slot->connected;
    pthread_mutex_unlock(&slot->bus->lock);
    int result = 0;
    int error = reaps ? reap(slot, plug, client, argument)
        : there       ? answer(slot, plug, client, request, argument, &result)
                      : ENODEV;
    if (error < 0) {
        fprintf(stderr, "the mocked bus does not know the ioctl %#lx\n", request);
        error = ENOTTY;
    }
    umockdev_ioctl_client_complete(client, error == 0 ? result : -1, error);
    return TRUE;
}

// A node has the descriptors to read, from wherever its reader was last.
static gboolean on_read(UMockdevIoctlBase *handler, UMockdevIoctlClient *client, struct slot *slot) {
    (void)handler;
    static const char key[] = "read";
    UMockdevIoctlData *room = umockdev_ioctl_client_get_arg(client);
    pthread_mutex_lock(&slot->bus->lock);
    uint64_t plug = plug_of(client, slot);
    bool there = plug != 0 && slot->plug == plug && slot->connected;
    g_autoptr(GBytes) descriptors = there ? g_bytes_ref(slot->descriptors) : NULL;
    pthread_mutex_unlock(&slot->bus->lock);
    if (!there) {
        umockdev_ioctl_client_complete(client, -1, ENODEV);
        return TRUE;
    }
    size_t size, start = GPOINTER_TO_SIZE(g_object_get_data(G_OBJECT(client), key));
    const uint8_t *bytes = g_bytes_get_data(descriptors, &size);
    size_t count = MIN(size - start, (size_t)room->data_len);
    memcpy(room->data, bytes + start, count);
    g_object_set_data(G_OBJECT(client), key, GSIZE_TO_POINTER(start + count));
    umockdev_ioctl_client_complete(client, (glong)count, 0);
    return TRUE;
}

// MARK: - The bus

// Programs see from udev's socket whether udev runs. Nobody answers on this one.
static int run_udev(const char *root) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    g_autofree char *folder = g_build_filename(root, "run", "udev", NULL);
    if (g_mkdir_with_parents(folder, 0755) != 0) return -1;
    snprintf(address.sun_path, sizeof address.sun_path, "%s/control", folder);
    int descriptor = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0);
    if (descriptor >= 0 && bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
        close(descriptor);
        descriptor = -1;
    }
    return descriptor;
}

mock_bus *mock_bus_make(mock_handler handler) {
    UMockdevTestbed *bed = umockdev_testbed_new();
    // Only now: the library looks at /sys once and keeps the answer for the process.
    if (!umockdev_in_mock_environment()) {
        g_object_unref(bed);
        return NULL;
    }
    mock_bus *bus = calloc(1, sizeof *bus);
    if (!bus) return NULL;
    bus->handler = handler;
    bus->bed = bed;
    bus->root = umockdev_testbed_get_root_dir(bed);
    bus->udev = run_udev(bus->root);
    pthread_mutex_init(&bus->lock, NULL);
    for (int address = 1; address <= HIGHEST_ADDRESS; address++) {
        struct slot *slot = &bus->slots[address];
        slot->bus = bus;
        slot->controller = slot->terminal = slot->former = -1;
        g_queue_init(&slot->pending);
        g_queue_init(&slot->finished);
    }
    return bus;
}

void mock_bus_free(mock_bus *bus) {
    for (int address = 1; address <= HIGHEST_ADDRESS; address++) {
        struct slot *slot = &bus->slots[address];
        if (slot->plug != 0) {
            mock_bus_cut(bus, slot->plug, -ESHUTDOWN);
            mock_bus_remove(bus, slot->plug);
        }
        if (slot->handler) {
            char name[32];
            snprintf(name, sizeof name, "/dev/bus/usb/001/%03d", address);
            umockdev_testbed_detach_ioctl(bus->bed, name, NULL);
            g_object_unref(slot->handler);
        }
        g_clear_pointer(&slot->descriptors, g_bytes_unref);
        if (slot->former >= 0) close(slot->former);
    }
    if (bus->udev >= 0) close(bus->udev);
    g_object_unref(bus->bed);
    pthread_mutex_destroy(&bus->lock);
    g_free(bus->root);
    free(bus);
}

const char *mock_bus_root(mock_bus *bus) { return bus->root; }

uint64_t mock_bus_ioctls(mock_bus *bus) {
    pthread_mutex_lock(&bus->lock);
    uint64_t ioctls = bus->ioctls;
    pthread_mutex_unlock(&bus->lock);
    return ioctls;
}

static void device_path(int address, char *path, size_t size) {
    snprintf(path, size, "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-%d", address);
}

// A regular file would always be ready, and never show that the device is gone.
static bool make_node(struct slot *slot) {
    int controller, terminal;
    char name[64];
    struct termios settings;
    if (openpty(&controller, &terminal, name, NULL, NULL) != 0) return false;
    fcntl(controller, F_SETFD, FD_CLOEXEC);
    fcntl(terminal, F_SETFD, FD_CLOEXEC);
    tcgetattr(terminal, &settings);
    cfmakeraw(&settings);
    tcsetattr(terminal, TCSANOW, &settings);
    slot->controller = controller;
    slot->terminal = terminal;
    snprintf(slot->target, sizeof slot->target, "%s", name);
    g_autofree char *folder = g_path_get_dirname(slot->node);
    return g_mkdir_with_parents(folder, 0755) == 0;
}

// Root may open any file of any mode for writing, except one of these: the kernel itself says EACCES.
static const char *const forbidden = "/proc/sys/kernel/ostype";

static bool point_node(struct slot *slot, bool permitted) {
    char next[sizeof slot->node + 8];
    snprintf(next, sizeof next, "%s.next", slot->node);
    if (symlink(permitted ? slot->target : forbidden, next) != 0 || rename(next, slot->node) != 0) return false;
    // Who watches the folder is told what udev's own change of the owner would have it told.
    return lchown(slot->node, geteuid(), getegid()) == 0;
}

uint64_t mock_bus_plug(mock_bus *bus, const mock_description *device) {
    if (device->address < 1 || device->address > HIGHEST_ADDRESS) return 0;
    struct slot *slot = &bus->slots[device->address];
    if (slot->plug != 0) return 0;
    char name[32];
    snprintf(name, sizeof name, "/dev/bus/usb/001/%03u", device->address);
    snprintf(slot->node, sizeof slot->node, "%s%s", bus->root, name);
    if (!slot->handler) {
        slot->handler = umockdev_ioctl_base_new();
        g_object_connect(
            slot->handler, "signal-after::handle-ioctl", on_ioctl, slot, "signal-after::handle-read", on_read, slot, NULL);
        g_autoptr(GError) error = NULL;
        if (!umockdev_testbed_attach_ioctl(bus->bed, name, slot->handler, &error)) {
            fprintf(stderr, "the mocked bus can't answer for %s: %s\n", name, error->message);
            return 0;
        }
    }
    pthread_mutex_lock(&bus->lock);
    bool made = make_node(slot) && point_node(slot, device->permitted);
    if (made) {
        forget_transfers(&slot->pending);
        forget_transfers(&slot->finished);
        g_clear_object(&slot->claimer);
        g_clear_pointer(&slot->descriptors, g_bytes_unref);
        slot->descriptors = g_bytes_new(device->descriptors, device->descriptors_length);
        slot->speed = device->speed;
        slot->configured = device->configured;
        slot->unconfigured = 0;
        slot->plug = slot->owner = ++bus->plugs;
        slot->connected = true;
        show_readiness(slot);
    }
    uint64_t plug = slot->plug;
    pthread_mutex_unlock(&bus->lock);
    if (!made) return 0;

    char path[128], number[8];
    device_path((int)device->address, path, sizeof path);
    char values[6][16];
    snprintf(values[0], sizeof values[0], "1\n");
    snprintf(values[1], sizeof values[1], "%u\n", device->address);
    snprintf(values[2], sizeof values[2], "%s", device->configured ? "1\n" : "");
    snprintf(values[3], sizeof values[3], "%u\n", device->speed);
    snprintf(values[4], sizeof values[4], "%04x\n", device->vendor);
    snprintf(values[5], sizeof values[5], "%04x\n", device->product);
    snprintf(number, sizeof number, "%03u", device->address);
    // Everything but the message: umockdev's own way to add a device would send one at once.
    g_autoptr(GString) text = g_string_new(NULL);
    g_string_append_printf(
        text,
        "P: %s\nE: SUBSYSTEM=usb\nE: DRIVER=usb\nE: BUSNUM=001\nE: DEVNUM=%s\nE: DEVNAME=%s\nE: DEVTYPE=usb_device\n"
        "E: MAJOR=189\nE: MINOR=%u\n",
        path + strlen("/sys"), number, name, device->address - 1);
    static const char *const attributes[] = {
        "busnum", "devnum", "bConfigurationValue", "speed", "idVendor", "idProduct"};
    for (size_t index = 0; index < G_N_ELEMENTS(attributes); index++) {
        g_autofree char *value = g_strescape(values[index], NULL);
        g_string_append_printf(text, "A: %s=%s\n", attributes[index], value);
    }
    g_string_append(text, "H: descriptors=");
    for (size_t index = 0; index < device->descriptors_length; index++)
        g_string_append_printf(text, "%02x", device->descriptors[index]);
    g_string_append(text, "\n");
    // The listeners are out of sight meanwhile.
    char listeners[512], hidden[512];
    g_autoptr(GPtrArray) moved = g_ptr_array_new_with_free_func(g_free);
    glob_t found;
    snprintf(listeners, sizeof listeners, "%s/event[0-9]*", bus->root);
    if (glob(listeners, 0, NULL, &found) == 0) {
        for (size_t index = 0; index < found.gl_pathc; index++) {
            snprintf(hidden, sizeof hidden, "%s/hidden-%s", bus->root, strrchr(found.gl_pathv[index], '/') + 1);
            if (rename(found.gl_pathv[index], hidden) == 0) g_ptr_array_add(moved, g_strdup(found.gl_pathv[index]));
        }
        globfree(&found);
    }
    g_autoptr(GError) error = NULL;
    bool added = umockdev_testbed_add_from_string(bus->bed, text->str, &error);
    for (guint index = 0; index < moved->len; index++) {
        const char *name = g_ptr_array_index(moved, index);
        snprintf(hidden, sizeof hidden, "%s/hidden-%s", bus->root, strrchr(name, '/') + 1);
        rename(hidden, name);
    }
    if (!added) {
        fprintf(stderr, "the mocked bus can't describe %s: %s\n", name, error->message);
        mock_bus_cut(bus, plug, -ESHUTDOWN);
        mock_bus_remove(bus, plug);
        return 0;
    }
    return plug;
}

// umockdev ends the process when a listener's queue is full, so room is waited for here.
static bool have_room(mock_bus *bus) {
    char pattern[512];
    glob_t found;
    bool room = true;
    snprintf(pattern, sizeof pattern, "%s/event[0-9]*", bus->root);
    if (glob(pattern, 0, NULL, &found) != 0) return true;
    for (size_t index = 0; index < found.gl_pathc && room; index++) {
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        snprintf(address.sun_path, sizeof address.sun_path, "%s", found.gl_pathv[index]);
        int descriptor = socket(AF_UNIX, SOCK_RAW | SOCK_CLOEXEC, 0);
        if (descriptor < 0) continue;
        if (connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
            // Nobody listens any more.
            unlink(address.sun_path);
        } else {
            struct pollfd ready = {.fd = descriptor, .events = POLLOUT};
            room = poll(&ready, 1, 10000) == 1;
        }
        close(descriptor);
    }
    globfree(&found);
    return room;
}

static int address_of(mock_bus *bus, uint64_t plug) {
    pthread_mutex_lock(&bus->lock);
    struct slot *slot = slot_of(bus, plug);
    int address = slot ? (int)(slot - bus->slots) : 0;
    pthread_mutex_unlock(&bus->lock);
    return address;
}

bool mock_bus_tell(mock_bus *bus, uint64_t plug, const char *action) {
    int address = address_of(bus, plug);
    if (address == 0 || !have_room(bus)) return false;
    char path[128];
    device_path(address, path, sizeof path);
    umockdev_testbed_uevent(bus->bed, path, action);
    return true;
}

void mock_bus_configure(mock_bus *bus, uint64_t plug) {
    int address = address_of(bus, plug);
    if (address == 0) return;
    char path[128];
    device_path(address, path, sizeof path);
    umockdev_testbed_set_attribute(bus->bed, path, "bConfigurationValue", "1\n");
    pthread_mutex_lock(&bus->lock);
    bus->slots[address].configured = true;
    pthread_mutex_unlock(&bus->lock);
}

void mock_bus_permit(mock_bus *bus, uint64_t plug, bool permitted) {
    pthread_mutex_lock(&bus->lock);
    struct slot *slot = slot_of(bus, plug);
    if (slot && slot->connected) point_node(slot, permitted);
    pthread_mutex_unlock(&bus->lock);
}

bool mock_bus_finish(
    mock_bus *bus, uint64_t plug, uint64_t transfer, int status, const uint8_t *data, size_t length) {
    pthread_mutex_lock(&bus->lock);
    struct slot *slot = slot_of(bus, plug);
    GList *link = slot && slot->connected ? pending_transfer(slot, transfer) : NULL;
    if (link) {
        finish(slot, link, status, data, length);
        show_readiness(slot);
    }
    pthread_mutex_unlock(&bus->lock);
    return link != NULL;
}

void mock_bus_cut(mock_bus *bus, uint64_t plug, int status) {
    pthread_mutex_lock(&bus->lock);
    struct slot *slot = slot_of(bus, plug);
    if (slot && slot->connected) {
        // As the kernel does it: nobody sees of the node that the device is gone before sysfs lists it no more
        // (bus_remove_device, and then the driver's disconnect).
        char link[512];
        snprintf(link, sizeof link, "%s/sys/bus/usb/devices/1-%d", bus->root, (int)(slot - bus->slots));
        unlink(link);
        slot->connected = false;
        while (slot->pending.head) finish(slot, slot->pending.head, status, NULL, 0);
        show_readiness(slot);
        close(slot->controller);
        close(slot->terminal);
        slot->controller = slot->terminal = -1;
        unlink(slot->node);
    }
    pthread_mutex_unlock(&bus->lock);
}

void mock_bus_remove(mock_bus *bus, uint64_t plug) {
    int address = address_of(bus, plug);
    if (address == 0) return;
    char path[128];
    device_path(address, path, sizeof path);
    // The kernel never gives the number of a folder in sysfs to the next one; a file system may.
    if (bus->slots[address].former >= 0) close(bus->slots[address].former);
    bus->slots[address].former = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    umockdev_testbed_remove_device(bus->bed, path);
    pthread_mutex_lock(&bus->lock);
    // What was finished can still be reaped, until something else is plugged in here.
    bus->slots[address].connected = false;
    bus->slots[address].plug = 0;
    pthread_mutex_unlock(&bus->lock);
}
