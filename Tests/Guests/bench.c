// The bare side of what the guest measures: nothing but libusb, a netlink socket and the clock.
//
//   bench greet COUNT    waits for COUNT dongles, opens and claims each, does one exchange, and prints a line "greeted"
//   bench uevents        prints a line "uevent" for every dongle that the kernel tells of
//   bench reset NODE     has the kernel reset the device of that node, as a host does with one that seems stuck
//   bench stamp WORD...  copies standard input to standard output; each line gets the time it came at and every WORD in it
//
// Each line begins with its word and the nanoseconds of CLOCK_MONOTONIC.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libusb-1.0/libusb.h>
#include <linux/netlink.h>
#include <linux/usbdevice_fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { VENDOR = 0x1209, PRODUCT = 0x0001, TIMEOUT = 2000, ATTEMPTS = 200 };

static long long now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static int fail(const char *what, int code) {
  fprintf(stderr, "bench: %s: %d\n", what, code);
  return 1;
}

// The greeting of DongleProtocol.md's worked example: hello, versions 1 to 1, sequence 1.
static uint8_t hello[] = {0x41, 0x4c, 0x4d, 0x44, 1, 1, 0, 0, 0, 1, 0, 2, 0x4a, 0x26, 0x18, 0x17, 1, 1};

static libusb_device *arrived;
static int departed;

static int notice(libusb_context *context, libusb_device *device, libusb_hotplug_event event, void *data) {
  (void)context;
  (void)data;
  if (event == LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT) {
    departed = 1;
  } else if (arrived == NULL) {
    arrived = libusb_ref_device(device);
  }
  return 0;
}

// The first bulk endpoint of each direction.
static int endpoints(libusb_device *device, uint8_t *out, uint8_t *in) {
  struct libusb_config_descriptor *configuration;
  int code = libusb_get_active_config_descriptor(device, &configuration);
  if (code != 0) {
    return code;
  }
  code = LIBUSB_ERROR_NOT_FOUND;
  if (configuration->bNumInterfaces > 0 && configuration->interface[0].num_altsetting > 0) {
    const struct libusb_interface_descriptor *interface = &configuration->interface[0].altsetting[0];
    *out = *in = 0;
    for (int place = 0; place < interface->bNumEndpoints; place++) {
      uint8_t address = interface->endpoint[place].bEndpointAddress;
      *(address & LIBUSB_ENDPOINT_IN ? in : out) = address;
    }
    code = *out != 0 && *in != 0 ? 0 : LIBUSB_ERROR_NOT_FOUND;
  }
  libusb_free_config_descriptor(configuration);
  return code;
}

// Opens, claims and greets; 0 or an error of libusb.
static int exchange(libusb_device *device) {
  libusb_device_handle *handle = NULL;
  uint8_t out = 0, in = 0, reply[1024];
  int code = -1, count = 0;
  // The kernel tells of a device before it has configured it.
  for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
    code = libusb_open(device, &handle);
    if (code == 0) {
      code = endpoints(device, &out, &in);
      if (code == 0) {
        code = libusb_claim_interface(handle, 0);
      }
      if (code == 0) {
        break;
      }
      libusb_close(handle);
      handle = NULL;
    }
    usleep(5000);
  }
  if (code == 0) {
    code = libusb_set_interface_alt_setting(handle, 0, 0);
  }
  if (code == 0) {
    code = libusb_bulk_transfer(handle, out, hello, sizeof hello, &count, TIMEOUT);
  }
  if (code == 0) {
    code = libusb_bulk_transfer(handle, in, reply, sizeof reply, &count, TIMEOUT);
  }
  if (code == 0 && (count < 16 || memcmp(reply, hello, 4) != 0 || reply[5] != 0x81 || reply[6] != 0)) {
    code = LIBUSB_ERROR_OTHER;
  }
  if (handle != NULL) {
    libusb_close(handle);
  }
  return code;
}

static int greet(int wanted) {
  libusb_context *context = NULL;
  libusb_hotplug_callback_handle callback;
  int code = libusb_init(&context);
  if (code != 0) {
    return fail("libusb_init", code);
  }
  code = libusb_hotplug_register_callback(
      context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, LIBUSB_HOTPLUG_NO_FLAGS, VENDOR,
      PRODUCT, LIBUSB_HOTPLUG_MATCH_ANY, notice, NULL, &callback);
  if (code != 0) {
    return fail("libusb_hotplug_register_callback", code);
  }
  printf("waiting %lld\n", now());
  for (int greeted = 0; greeted < wanted;) {
    code = libusb_handle_events(context);
    if (code != 0 && code != LIBUSB_ERROR_INTERRUPTED) {
      return fail("libusb_handle_events", code);
    }
    if (arrived == NULL) {
      continue;
    }
    code = exchange(arrived);
    libusb_unref_device(arrived);
    arrived = NULL;
    if (code != 0) {
      return fail("exchange", code);
    }
    printf("greeted %lld\n", now());
    greeted++;
  }
  libusb_exit(context);
  return 0;
}

static int uevents(void) {
  struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = 1};
  int descriptor = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
  int room = 1 << 20;
  char text[8192];
  if (descriptor < 0 || bind(descriptor, (struct sockaddr *)&address, sizeof address) != 0) {
    return fail("netlink", errno);
  }
  setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
  printf("watching %lld\n", now());
  for (;;) {
    ssize_t size = recv(descriptor, text, sizeof text - 1, 0);
    long long time = now();
    int added = 0, device = 0, ours = 0;
    if (size <= 0) {
      if (size < 0 && (errno == EINTR || errno == ENOBUFS)) {
        continue;
      }
      return fail("recv", errno);
    }
    text[size] = 0;
    for (char *line = text; line < text + size; line += strlen(line) + 1) {
      added |= strcmp(line, "ACTION=add") == 0;
      device |= strcmp(line, "DEVTYPE=usb_device") == 0;
      ours |= strncmp(line, "PRODUCT=1209/1/", 15) == 0;
    }
    if (added && device && ours) {
      printf("uevent %lld\n", time);
    }
  }
}

static int reset(const char *node) {
  int descriptor = open(node, O_RDWR | O_CLOEXEC);
  if (descriptor < 0 || ioctl(descriptor, USBDEVFS_RESET, NULL) != 0) {
    return fail(node, errno);
  }
  close(descriptor);
  return 0;
}

static int stamp(char **words) {
  char *line = NULL;
  size_t room = 0;
  while (getline(&line, &room, stdin) > 0) {
    long long time = now();
    for (char **word = words; *word != NULL; word++) {
      if (strstr(line, *word) != NULL) {
        printf("%s %lld\n", *word, time);
      }
    }
    printf("line %lld %s", time, line);
  }
  free(line);
  return 0;
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (count == 3 && strcmp(arguments[1], "greet") == 0) {
    return greet(atoi(arguments[2]));
  }
  if (count == 2 && strcmp(arguments[1], "uevents") == 0) {
    return uevents();
  }
  if (count == 3 && strcmp(arguments[1], "reset") == 0) {
    return reset(arguments[2]);
  }
  if (count > 2 && strcmp(arguments[1], "stamp") == 0) {
    return stamp(arguments + 2);
  }
  return fail("usage: greet COUNT | uevents | reset NODE | stamp WORD...", 0);
}
